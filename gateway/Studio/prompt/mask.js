/** Which tokens of a grid are hidden: 1 = played anew, 0 = kept; codebook after codebook. */
export class Mask {
    constructor(codebooks, frames, data = new Uint8Array(codebooks * frames)) {
        Object.assign(this, { codebooks, frames, data });
    }

    /** Of the JSON of a TokenMask. */
    static of({ codebooks, frames, data }) {
        return new Mask(codebooks, frames, Uint8Array.from(atob(data ?? ''), letter => letter.charCodeAt(0)));
    }

    /** As the JSON of a TokenMask. */
    toJson() {
        let data = '';
        for (const byte of this.data) data += String.fromCharCode(byte);
        return { codebooks: this.codebooks, frames: this.frames, data: btoa(data) };
    }

    clone() { return new Mask(this.codebooks, this.frames, this.data.slice()); }

    isHidden(codebook, frame) { return this.data[codebook * this.frames + frame] === 1; }

    set(codebook, frame, isHidden) { this.data[codebook * this.frames + frame] = isHidden ? 1 : 0; }
}
