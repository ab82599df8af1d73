/** Listens to what passes through it. */
export class Meter {
    #samples;

    /** @param {AudioContext} context */
    constructor(context) {
        this.node = new AnalyserNode(context, { fftSize: 2048 });
        this.#samples = new Float32Array(this.node.fftSize);
    }

    /** The loudest sample of the moment, 0 to 1. */
    get level() {
        this.node.getFloatTimeDomainData(this.#samples);
        return Math.min(1, this.#samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
    }
}
