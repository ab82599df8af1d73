/** Audio that is whole, or still comes in from its beginning on. */
export class Track extends EventTarget {
    #rest = new Uint8Array(0);

    /** @param {AudioBuffer} buffer of its whole length @param {number} filled samples of it that are there, per channel */
    constructor(name, buffer, filled = buffer.length) {
        super();
        this.name = name;
        this.buffer = buffer;
        this.filled = filled;
    }

    /** A track that comes in, as the header of its stream says. */
    static expect(name, header) {
        const [numberOfChannels, sampleRate, length] = [header.channels || 1, header.sampleRate, Number(header.samples)];
        return new Track(name, new AudioBuffer({ numberOfChannels, sampleRate, length: Math.max(1, length) }), 0);
    }

    get sampleRate() { return this.buffer.sampleRate; }
    get duration() { return this.buffer.duration; }
    get isWhole() { return this.filled >= this.buffer.length; }
    /** How much of it can be played, in seconds. */
    get available() { return this.filled / this.sampleRate; }

    /** Adds the next bytes: interleaved floats, little-endian, cut anywhere. */
    append(bytes) {
        const channels = this.buffer.numberOfChannels;
        const all = new Uint8Array(this.#rest.length + bytes.length);
        all.set(this.#rest);
        all.set(bytes, this.#rest.length);
        const frames = Math.min(Math.floor(all.length / 4 / channels), this.buffer.length - this.filled);
        this.#rest = all.slice(frames * 4 * channels);
        const view = new DataView(all.buffer);
        for (let channel = 0; channel < channels; channel++) {
            const samples = new Float32Array(frames);
            for (let i = 0; i < frames; i++) samples[i] = view.getFloat32(4 * (i * channels + channel), true);
            this.buffer.copyToChannel(samples, channel, this.filled);
        }
        this.filled += frames;
        this.dispatchEvent(new Event('grown'));
    }

    /** A copy of the samples from one to another: what is played of a track that is not whole. */
    slice(from, to) {
        const part = new AudioBuffer({ numberOfChannels: this.buffer.numberOfChannels, sampleRate: this.sampleRate, length: to - from });
        for (let channel = 0; channel < part.numberOfChannels; channel++)
            part.copyToChannel(this.buffer.getChannelData(channel).subarray(from, to), channel);
        return part;
    }

    /** The channels' samples. */
    channels() {
        return Array.from({ length: this.buffer.numberOfChannels }, (_, channel) => this.buffer.getChannelData(channel));
    }
}
