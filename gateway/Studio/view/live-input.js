import { MicrophoneInput } from '../live/microphone-input.js';
import { MusicInput } from '../live/music-input.js';
import { $ } from './elements.js';

/** The controls that say what goes round: the music, or what a microphone hears in time. */
export class LiveInput {
    /** The music, and the stretch of it that goes round; null = none, and all of it. */
    track = null;
    region = null;

    /** @param {() => void} onChange when somebody chose the other */
    constructor(onChange) {
        $('live-input').addEventListener('change', () => {
            this.show();
            onChange();
        });
        for (const id of ['live-tempo', 'live-beats', 'live-bars']) $(id).addEventListener('input', () => this.show());
    }

    /** 'music' or 'microphone'. */
    get kind() { return document.querySelector('input[name=live-input]:checked').value; }

    set kind(kind) {
        document.querySelector(`input[name=live-input][value=${kind}]`).checked = true;
        this.show();
    }

    get tempo() {
        const number = id => Number($(id).value);
        return {
            beatsPerMinute: number('live-tempo'), beatsPerBar: Math.max(1, number('live-beats')), bars: Math.max(1, number('live-bars')),
        };
    }

    get #stretch() { return this.region ?? { from: 0, to: this.track?.duration ?? 0 }; }

    /** The input that is chosen, ready to begin; closed by whoever asks. */
    open() {
        return this.kind === 'music' ? MusicInput.open(this.track, this.#stretch) : MicrophoneInput.open(this.tempo);
    }

    /** Where in a bar a share of a loop is, from 1. */
    beatAt(share) {
        const { beatsPerBar, bars } = this.tempo;
        return Math.floor(share * beatsPerBar * bars) % beatsPerBar + 1;
    }

    show() {
        const { beatsPerMinute, beatsPerBar, bars } = this.tempo;
        const { from, to } = this.#stretch;
        $('live').dataset.input = this.kind;
        $('live-length').textContent = this.kind === 'microphone' ? `Loops of ${(60 / beatsPerMinute * beatsPerBar * bars).toFixed(1)} s.`
            : this.region ? `The region goes round: ${(to - from).toFixed(2)} s.` : `All of it goes round: ${to.toFixed(1)} s.`;
        document.querySelector('input[name=live-input][value=music]').disabled = !this.track;
    }
}
