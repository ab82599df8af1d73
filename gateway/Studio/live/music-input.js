import { interleave } from '../audio/samples.js';

/**
 * Music that goes round by itself. What comes is known, so that a loop is sent as it begins, and its round is heard from its end on: one
 * loop earlier than a musician's.
 */
export class MusicInput {
    delay = 1;
    lag = 0;
    countIn = 0;
    #timer = 0;
    #samples;

    /** @param {{from: number, to: number}} region of the track, in seconds */
    static async open(track, { from, to }) {
        const [first, last] = [from, to].map(seconds => Math.round(seconds * track.sampleRate));
        const context = new AudioContext({ sampleRate: track.sampleRate }); // so that not a sample is resampled
        await context.resume();
        return new MusicInput(context, track.slice(first, Math.max(last, first + 1)));
    }

    constructor(context, buffer) {
        this.context = context;
        this.channels = Math.min(2, buffer.numberOfChannels);
        this.#samples = interleave(Array.from({ length: this.channels }, (_, channel) => buffer.getChannelData(channel)));
        // A loop of this length, to the sample.
        this.tempo = { beatsPerMinute: 60 * context.sampleRate / buffer.length, beatsPerBar: 1, bars: 1 };
        this.node = new AudioBufferSourceNode(context, { buffer, loop: true });
    }

    get sampleRate() { return this.context.sampleRate; }

    /** Begins, as a microphone does. */
    start(first, length, onAudio) {
        this.node.start(first / this.sampleRate);
        // Each by the clock of the sound, so that timers do not add up to being late.
        const wait = loop => {
            const seconds = (first + loop * length) / this.sampleRate - this.context.currentTime;
            this.#timer = setTimeout(() => {
                onAudio(this.#samples);
                wait(loop + 1);
            }, 1000 * Math.max(0, seconds));
        };
        wait(0);
    }

    close() {
        clearTimeout(this.#timer);
        this.context.close();
    }
}
