/** Samples of a message to the page. */
const Block = 1024;

/** Runs beside the sound: hands what comes in to the page, from a frame on, in blocks none of which goes over the end of a loop. */
class Capture extends AudioWorkletProcessor {
    #block = new Float32Array(Block);
    #filled = 0;
    #left;

    /** @param {{processorOptions: {start: number, length: number}}} options the first frame, and the frames of a loop */
    constructor({ processorOptions }) {
        super();
        Object.assign(this, processorOptions);
        this.#left = this.length;
    }

    process([[channel]]) {
        const frames = channel?.length ?? 128; // without a source there is silence
        for (let i = Math.max(0, this.start - currentFrame); i < frames; i++) {
            this.#block[this.#filled++] = channel?.[i] ?? 0;
            this.#left--;
            if (this.#filled === Block || this.#left === 0) this.#post();
        }
        return true;
    }

    #post() {
        this.port.postMessage(this.#block.slice(0, this.#filled));
        this.#filled = 0;
        if (this.#left === 0) this.#left = this.length;
    }
}

registerProcessor('capture', Capture);
