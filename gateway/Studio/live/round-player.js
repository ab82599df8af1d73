/** In seconds: what is scheduled so far ahead is not late. */
const Ahead = 0.02;

/** In seconds: how long one round changes into another that comes too late to follow it. */
const Fade = 0.01;

/** Plays rounds by the clock of the sound. Each goes round until the next one begins: there is no silence, whatever comes late. */
export class RoundPlayer {
    #voice = null;

    /** @param {AudioNode} output */
    constructor(output) { this.output = output; }

    /**
     * Plays a round from a time of the context on; where that has passed, at once, from the place where it would be.
     * @param {AudioBuffer} buffer at the rate of the context
     * @returns {number} when it begins
     */
    play(buffer, due) {
        const { context } = this.output;
        const soon = Math.ceil((context.currentTime + Ahead) * buffer.sampleRate) / buffer.sampleRate;
        const at = Math.max(due, soon);
        const node = new AudioBufferSourceNode(context, { buffer, loop: true });
        const gain = new GainNode(context);
        node.connect(gain).connect(this.output);
        node.start(at, (at - due) % buffer.duration);
        // One in time begins where the one before ends: the gateway has made it so.
        const fade = at > due ? Fade : 0;
        if (fade) {
            ramp(gain, 0, 1, at);
            if (this.#voice) ramp(this.#voice.gain, 1, 0, at);
        }
        this.#voice?.node.stop(at + fade);
        this.#voice = { node, gain };
        return at;
    }
}

function ramp({ gain }, from, to, at) {
    gain.setValueAtTime(from, at);
    gain.linearRampToValueAtTime(to, at + Fade);
}
