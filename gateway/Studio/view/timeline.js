import { $, clock, colour, fitCanvas, onThemeChange } from './elements.js';

/** What all layers of the timeline share: one scale of time, the zoom, the ruler with the beats, and the playhead. */
export class Timeline extends EventTarget {
    #beats = { beats: [], downbeats: [] };
    #source = 0;
    total = 1;

    constructor() {
        super();
        $('zoom').addEventListener('input', () => this.#scale());
        $('ruler').addEventListener('pointerdown', event => this.#seek(event));
        new ResizeObserver(() => this.#draw()).observe($('track'));
        onThemeChange(() => this.#draw());
    }

    /** @param {number} source its seconds @param {number} total seconds of what is made of it, if that is longer */
    setDurations(source, total) {
        this.#source = source;
        this.total = Math.max(source, total, 0.1);
        for (const layer of [$('wave'), $('spectrogram')]) layer.style.width = `${100 * source / this.total}%`;
        this.#scale();
    }

    setBeats(beats) {
        this.#beats = beats;
        this.#draw();
    }

    /** How wide a layer is that has another duration. */
    setLayer(element, seconds) { element.style.width = `${Math.min(100, 100 * seconds / this.total)}%`; }

    /** Moves the playhead, and follows it where the timeline is wider than the page. */
    setPosition(seconds, follows) {
        const share = Math.min(1, seconds / this.total);
        $('playhead').hidden = false;
        $('playhead').style.left = `${100 * share}%`;
        const [scroller, width] = [$('scroller'), $('track').offsetWidth];
        const x = share * width - scroller.scrollLeft;
        if (follows && width > scroller.clientWidth && (x < 0 || x > scroller.clientWidth * 0.9))
            scroller.scrollLeft = share * width - scroller.clientWidth * 0.1;
    }

    /** The time under a pointer. */
    timeAt(event) {
        const { left, width } = $('track').getBoundingClientRect();
        return Math.min(this.total, Math.max(0, (event.clientX - left) / width * this.total));
    }

    #seek(event) { this.dispatchEvent(new CustomEvent('seek', { detail: this.timeAt(event) })); }

    #scale() {
        $('track').style.width = `${100 * 2 ** Number($('zoom').value)}%`;
        this.#draw();
    }

    #draw() {
        const { context, width, height } = fitCanvas($('ruler'));
        if (width < 2) return;
        const x = seconds => seconds / this.total * width;
        // As many labels as there is room for.
        const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300].find(seconds => x(seconds) > 56) ?? 600;
        context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
        context.fillStyle = colour('quiet');
        for (let at = 0; at < this.total - step / 4; at += step) {
            context.fillRect(x(at), height - 4, 1, 4);
            context.fillText(clock(at, step < 1 ? 1 : 0), x(at) + 4, height - 7);
        }
        this.#drawBeats();
    }

    #drawBeats() {
        const { context, width, height } = fitCanvas($('beats'));
        const { beats, downbeats } = this.#beats;
        const strong = new Set(downbeats.map(time => time.toFixed(3)));
        // Beats that lie closer than a few pixels are a grey veil and no marks.
        const isDense = beats.length > 1 && width * this.#source / this.total / beats.length < 5;
        for (const beat of beats) {
            const isStrong = strong.has(beat.toFixed(3));
            if (isDense && !isStrong) continue;
            context.fillStyle = colour(isStrong ? 'downbeat' : 'beat');
            context.fillRect(Math.round(beat / this.total * width), 0, isStrong ? 2 : 1, height);
        }
    }
}
