import { Meter } from '../audio/meter.js';
import { liveRequest } from '../prompt/request.js';
import { clicks } from './click.js';
import { RoundPlayer } from './round-player.js';
import { LiveSession } from './session.js';

/** In seconds: from when the gateway is ready to the first loop, where nothing is counted in. */
const Lead = 0.1;

/**
 * A loop that is played along with: what comes in is sent, and for each loop a round comes back, which is heard in its time. Events:
 * "began"; "round" with a round, its track and when it is heard; "failed" with what ended it.
 */
export class LiveLoop extends EventTarget {
    #session = null;
    #rounds = null;
    #first = 0;
    #length = 0;
    #sent = 0;
    #isOver = false;
    #config;
    #next;

    /** @param {MicrophoneInput | MusicInput} input open, and closed by this from now on */
    constructor(input, settings) {
        super();
        this.input = input;
        const { context } = input;
        [this.dry, this.varied, this.click] = [1, 1, 0].map(gain => new GainNode(context, { gain }));
        [this.meterIn, this.meterOut] = [new Meter(context), new Meter(context)];
        input.node.connect(this.meterIn.node).connect(this.dry);
        this.meterOut.node.connect(this.varied);
        for (const gain of [this.dry, this.varied, this.click]) gain.connect(context.destination);
        this.#rounds = new RoundPlayer(this.meterOut.node);
        this.configure(settings);
        input.onLost = error => this.#fail(error);
        this.#open();
    }

    /** Changes what is played; begins with the next loop. */
    configure(settings) { this.#next = JSON.stringify(liveRequest(settings, this.input)); }

    /** The gateway is ready, and it is counted in, or goes round. */
    get hasBegun() { return this.#length > 0; }

    /** The loop that is played, from 1, and the share of it that is over; before the first one 0, and as if one were played. */
    get position() {
        if (!this.hasBegun) return { loop: 0, share: 0 };
        const loops = (this.input.context.currentTime * this.input.sampleRate - this.#first) / this.#length;
        return { loop: Math.max(0, Math.floor(loops) + 1), share: loops - Math.floor(loops) };
    }

    /** Ends everything: the session, the microphone, the sound. */
    stop() {
        if (this.#isOver) return;
        this.#isOver = true;
        this.#session.close();
        this.input.close();
    }

    /** A session with the settings that are wanted, for all loops from now on. */
    #open() {
        this.#config = this.#next;
        const before = this.hasBegun ? this.#sent / this.#length : 0;
        // One call at a time: a gateway may let one have no more.
        this.#session = new LiveSession(JSON.parse(this.#config), this.#session?.close());
        this.#session.addEventListener('started', ({ detail }) => this.#begin(Number(detail.loopSamples)), { once: true });
        this.#session.addEventListener('round', ({ detail: { round, track } }) =>
            this.#hear({ ...round, number: before + round.number }, track));
        this.#session.addEventListener('failed', ({ detail }) => this.#fail(detail));
    }

    #begin(length) {
        if (this.hasBegun) return;
        const { input } = this;
        const { context, sampleRate } = input;
        this.#length = length;
        this.#first = Math.ceil((context.currentTime + Lead + input.countIn) * sampleRate);
        input.start(this.#first, length, samples => this.#take(samples));
        if (input.countIn) {
            // The last bar of the loop before, and on from there.
            const node = new AudioBufferSourceNode(context, { buffer: clicks(sampleRate, length, input.tempo), loop: true });
            node.connect(this.click);
            node.start(this.#first / sampleRate - input.countIn, length / sampleRate - input.countIn);
        }
        this.dispatchEvent(new Event('began'));
    }

    #take(samples) {
        const { channels } = this.input;
        if (this.#sent % this.#length === 0) {
            if (this.#session.pending > 4 * this.#length * channels)
                return this.#fail(new Error('The connection is too slow for what is played.'));
            if (this.#next !== this.#config) this.#open();
        }
        this.#session.send(samples);
        this.#sent += samples.length / channels;
    }

    #hear(round, track) {
        const { delay, sampleRate } = this.input;
        const due = (this.#first + (round.number - 1 + delay) * this.#length) / sampleRate;
        const at = this.#rounds.play(track.buffer, due);
        this.dispatchEvent(new CustomEvent('round', { detail: { round, track, at, isLate: at > due } }));
    }

    #fail(error) {
        if (this.#isOver) return;
        this.stop();
        this.dispatchEvent(new CustomEvent('failed', { detail: error }));
    }
}
