/** In seconds: long enough to hear no click, too short to hear at all. */
const Fade = 0.008;

/**
 * A track that sounds from a moment on, exact to the sample: a whole one from one buffer, which can loop; one that comes in from pieces,
 * each of which begins where the one before ends.
 */
export class Voice {
    #nodes = new Set();
    #scheduled;

    /**
     * @param {AudioNode} output
     * @param {number} from the position in the track, in seconds
     * @param {number} at the time of the context at which it begins
     * @param {?{from: number, to: number}} loop in seconds
     * @param {() => void} onEnd when it has played all that there is
     */
    constructor(output, track, from, at, loop, onEnd) {
        this.context = output.context;
        Object.assign(this, { track, at, loop, onEnd });
        // On a sample, so that pieces join without interpolation.
        this.from = Math.round(from * track.sampleRate) / track.sampleRate;
        this.gain = new GainNode(this.context, { gain: 0 });
        this.gain.connect(output);
        this.gain.gain.setValueAtTime(0, at);
        this.gain.gain.linearRampToValueAtTime(1, at + Fade);
        this.#scheduled = Math.round(this.from * track.sampleRate);
        this.isWhole = track.isWhole;
        if (this.isWhole) this.#startWhole();
        else this.extend();
    }

    #startWhole() {
        const { from, to } = this.loop ?? { from: 0, to: 0 };
        const node = this.#node(this.track.buffer, { loop: !!this.loop, loopStart: from, loopEnd: to });
        node.start(this.at, this.from);
    }

    /** Schedules what has come in since. */
    extend() {
        const { track } = this;
        if (this.isWhole || track.filled <= this.#scheduled) return;
        const node = this.#node(track.slice(this.#scheduled, track.filled));
        node.start(this.at + this.#scheduled / track.sampleRate - this.from);
        this.#scheduled = track.filled;
    }

    #node(buffer, options = {}) {
        const node = new AudioBufferSourceNode(this.context, { buffer, ...options });
        node.connect(this.gain);
        this.#nodes.add(node);
        node.onended = () => {
            this.#nodes.delete(node);
            if (this.#nodes.size === 0) this.onEnd();
        };
        return node;
    }

    /** Where it is in the track, in seconds. */
    get position() {
        const position = this.from + Math.max(0, this.context.currentTime - this.at);
        const { loop } = this;
        if (!loop || !this.isWhole || position < loop.to || this.from >= loop.to) return Math.min(position, this.track.available);
        return loop.from + (position - loop.from) % (loop.to - loop.from);
    }

    /** Fades out from a time of the context on. */
    stop(at = this.context.currentTime) {
        this.onEnd = () => {};
        const { gain } = this.gain;
        gain.cancelScheduledValues(at);
        gain.setValueAtTime(1, at);
        gain.linearRampToValueAtTime(0, at + Fade);
        for (const node of this.#nodes) node.stop(at + Fade);
    }
}
