import { Meter } from './meter.js';
import { Voice } from './voice.js';

/** In seconds: what is scheduled so far ahead is not late. */
const Ahead = 0.02;

/** Plays one track at a time and changes between them at the same place, without a gap. */
export class Player extends EventTarget {
    #context = null;
    #meter = null;
    #voice = null;
    #position = 0;
    #track = null;
    #onGrown = () => this.#grown();

    /** Where the loop is; null = the whole track. */
    region = null;
    isLooping = false;
    /** Whether it plays, or would if there were something to play already. */
    isPlaying = false;

    get track() { return this.#track; }
    get position() { return this.#voice?.position ?? this.#position; }

    /** Hears another track, from where this one is or from another position. */
    select(track, position = this.#soon()) {
        if (track !== this.#track) {
            this.#track?.removeEventListener('grown', this.#onGrown);
            track.addEventListener('grown', this.#onGrown);
            this.#track = track;
        }
        this.#position = Math.min(position, track.duration);
        if (this.isPlaying) this.#start();
        this.#changed();
    }

    async play() {
        if (!this.#track || this.isPlaying) return;
        this.isPlaying = true;
        this.#open();
        // Without a gesture a browser lets nothing sound; then it begins with the next one.
        await this.#context.resume();
        if (!this.isPlaying || this.#voice) return;
        if (this.#position >= this.#track.duration - 0.01) this.#position = 0;
        this.#start();
        this.#changed();
    }

    pause() {
        this.#stop();
        this.isPlaying = false;
        this.#changed();
    }

    toggle() { return this.isPlaying ? this.pause() : this.play(); }

    seek(position) { if (this.#track) this.select(this.#track, Math.max(0, position)); }

    /** Loops the region, or everything; takes effect at once. */
    setLoop(isLooping, region = this.region) {
        Object.assign(this, { isLooping, region });
        if (this.#voice) this.#start(this.#soon());
        this.#changed();
    }

    /** The loudest sample of the moment, 0 to 1. */
    get level() {
        return this.isPlaying && this.#meter ? this.#meter.level : 0;
    }

    #open() {
        if (this.#context) return;
        this.#context = new AudioContext({ sampleRate: 44100 });
        this.#meter = new Meter(this.#context);
        this.#meter.node.connect(this.#context.destination);
    }

    /** Where it will be when another voice can begin. */
    #soon() { return this.#voice ? this.#voice.position + Ahead : this.#position; }

    /** Begins a voice, and lets the one before fade out as it does. */
    #start(position = this.#position) {
        const at = this.#context.currentTime + Ahead;
        this.#voice?.stop(at);
        this.#voice = null;
        const [loop, track] = [this.#loop(), this.#track];
        if (track.isWhole && position >= (loop?.to ?? track.duration) - 1e-3) {
            if (!loop) return this.#finish();
            position = loop.from;
        }
        this.#position = position;
        // What has not come in yet is waited for.
        if (position < track.available) this.#voice = new Voice(this.#meter.node, track, position, at, loop, () => this.#ended());
    }

    #loop() {
        if (!this.isLooping) return null;
        const to = Math.min(this.region?.to ?? Infinity, this.#track.duration);
        const from = this.region?.from ?? 0;
        return to - from > 0.05 ? { from, to } : null;
    }

    #stop() {
        this.#position = this.position;
        this.#voice?.stop();
        this.#voice = null;
    }

    /** More of the track is there. */
    #grown() {
        if (!this.isPlaying) return;
        if (!this.#voice) this.#start();
        // The same place of the same sound: nobody hears the change, and a whole track can loop.
        else if (this.#track.isWhole && !this.#voice.isWhole) this.#start(this.#soon());
        else this.#voice.extend();
    }

    /** The voice has played what there is: the end, or all that has come in yet. */
    #ended() {
        this.#position = this.#track.available;
        this.#voice = null;
        if (this.#track.isWhole) this.#finish();
    }

    #finish() {
        this.#position = this.#track.duration;
        this.isPlaying = false;
        this.#changed();
    }

    #changed() { this.dispatchEvent(new Event('change')); }
}
