import { $, announce, colour, onThemeChange } from './elements.js';

/** Seconds of a frame: 768 samples at 44.1 kHz. */
export const FrameSeconds = 768 / 44100;

/** The mask over time and codebooks: shown, and painted with a pointer or with keys. */
export class MaskView extends EventTarget {
    #mask = null;
    #cell = { codebook: 0, frame: 0 };
    #last = null;

    constructor() {
        super();
        const canvas = $('mask');
        canvas.addEventListener('pointerdown', event => this.#press(event));
        canvas.addEventListener('pointermove', event => this.#drag(event));
        for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => this.#release());
        canvas.addEventListener('keydown', event => this.#key(event));
        for (const change of ['focus', 'blur']) canvas.addEventListener(change, () => this.#showCell());
        $('brush').addEventListener('change', () => canvas.classList.toggle('painting', this.brush !== ''));
        onThemeChange(() => this.#draw());
    }

    /** '', 'keep' or 'make'. */
    get brush() { return document.querySelector('input[name=brush]:checked').value; }
    get mask() { return this.#mask; }

    show(mask) {
        this.#mask = mask;
        this.#cell = { codebook: Math.min(this.#cell.codebook, mask.codebooks - 1), frame: Math.min(this.#cell.frame, mask.frames - 1) };
        this.#draw();
    }

    /** A pixel is a token; the browser enlarges them. */
    #draw() {
        const mask = this.#mask;
        if (!mask) return;
        const canvas = $('mask');
        [canvas.width, canvas.height] = [mask.frames, mask.codebooks];
        const context = canvas.getContext('2d');
        const image = context.createImageData(mask.frames, mask.codebooks);
        const pixels = new Uint32Array(image.data.buffer);
        const [kept, made] = ['cell-kept', 'cell-made'].map(name => {
            const [red, green, blue] = colour(name).split(' ').map(Number);
            return new Uint32Array(new Uint8Array([red, green, blue, 255]).buffer)[0];
        });
        mask.data.forEach((isHidden, i) => { pixels[i] = isHidden ? made : kept; });
        context.putImageData(image, 0, 0);
        this.#showCell();
    }

    #at(event) {
        const { left, top, width, height } = $('mask').getBoundingClientRect();
        const clamp = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
        return {
            frame: clamp((event.clientX - left) / width, this.#mask.frames),
            codebook: clamp((event.clientY - top) / height, this.#mask.codebooks),
        };
    }

    #press(event) {
        if (!this.#mask) return;
        if (!this.brush) return void this.dispatchEvent(new CustomEvent('seek', { detail: event }));
        $('mask').setPointerCapture(event.pointerId);
        this.#mask = this.#mask.clone();
        this.#last = this.#at(event);
        this.#paint(this.#last, this.#last);
    }

    #drag(event) {
        if (!this.#last) return;
        const to = this.#at(event);
        this.#paint(this.#last, to);
        this.#last = to;
    }

    #release() {
        if (!this.#last) return;
        this.#last = null;
        this.dispatchEvent(new Event('painted'));
    }

    /** A stroke from one cell to another, without gaps however fast it is. */
    #paint(from, to) {
        const steps = Math.max(1, Math.abs(to.frame - from.frame), Math.abs(to.codebook - from.codebook));
        for (let step = 0; step <= steps; step++) {
            const along = (a, b) => Math.round(a + (b - a) * step / steps);
            const [frame, codebook] = [along(from.frame, to.frame), along(from.codebook, to.codebook)];
            const all = $('whole-frames').checked;
            for (let c = all ? 0 : codebook; c < (all ? this.#mask.codebooks : codebook + 1); c++)
                this.#mask.set(c, frame, this.brush === 'make');
        }
        this.#cell = to;
        this.#draw();
    }

    #key(event) {
        const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], PageUp: [-57, 0], PageDown: [57, 0] };
        const move = moves[event.key];
        if (!this.#mask || event.ctrlKey || event.altKey || event.metaKey || !(move || event.key === ' ')) return;
        event.preventDefault();
        event.stopPropagation();
        const from = this.#cell;
        if (move) {
            const within = (value, count) => Math.min(count - 1, Math.max(0, value));
            this.#cell = {
                frame: within(from.frame + move[0], this.#mask.frames), codebook: within(from.codebook + move[1], this.#mask.codebooks),
            };
        }
        if (this.brush && (!move || event.shiftKey)) {
            this.#mask = this.#mask.clone();
            this.#paint(from, this.#cell);
            this.dispatchEvent(new Event('painted'));
        }
        this.#showCell();
        const { frame, codebook } = this.#cell;
        const state = this.#mask.isHidden(codebook, frame) ? 'played anew' : 'kept';
        announce(`${(frame * FrameSeconds).toFixed(2)} seconds, codebook ${codebook + 1}: ${state}`);
    }

    /** Where the keys are. */
    #showCell() {
        const cell = $('cell');
        cell.hidden = document.activeElement !== $('mask') || !this.#mask;
        if (cell.hidden) return;
        const { width } = $('mask').getBoundingClientRect();
        cell.style.left = `${this.#cell.frame / this.#mask.frames * width}px`;
        cell.style.top = `${100 * this.#cell.codebook / this.#mask.codebooks}%`;
        cell.style.width = `${Math.max(3, width / this.#mask.frames)}px`;
        cell.style.height = `${100 / this.#mask.codebooks}%`;
    }
}
