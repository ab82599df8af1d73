import { make } from './elements.js';

/**
 * The controls behind a preset, and those of "More": name of the setting, label, kind and what it may be. `unit` says what a value is.
 */
export const promptFields = [
    { name: 'period', label: 'Every n-th moment', min: 0, max: 32, step: 1, unit: v => (v ? `${v} (${Math.round(v * 17.41)} ms)` : 'off') },
    { name: 'width', label: 'Width', min: 1, max: 16, step: 1, unit: v => `${v} × 17 ms` },
    { name: 'offset', label: 'Offset', min: 0, max: 31, step: 1, unit: v => String(v) },
    { name: 'roll', label: 'start anywhere (by the seed)', check: true },
    { name: 'dropout', label: 'Left out by chance', min: 0, max: 1, step: 0.05, unit: v => `${Math.round(v * 100)} %` },
    { name: 'codebooks', label: 'Detail kept', min: 0, max: 14, step: 1, unit: v => `${v} codebooks` },
    { name: 'onsets', label: 'Around onsets', min: 0, max: 16, step: 1, unit: v => (v ? `${v} × 17 ms` : 'off') },
    { name: 'beats', label: 'keep the beats', check: true },
    { name: 'beforeBeat', label: 'Before a beat', min: 0, max: 0.5, step: 0.01, unit: v => `${Math.round(v * 1000)} ms` },
    { name: 'afterBeat', label: 'After a beat', min: 0, max: 0.5, step: 0.01, unit: v => `${Math.round(v * 1000)} ms` },
    { name: 'every', label: 'Every n-th beat', min: 1, max: 8, step: 1, unit: v => String(v) },
    { name: 'downbeats', label: 'only the first of a bar', check: true },
];

export const moreFields = [
    { name: 'coarseSteps', label: 'Coarse steps', min: 1, max: 36, step: 1, unit: v => String(v), field: 'coarse_sampling.steps' },
    { name: 'fineSteps', label: 'Fine steps', min: 1, max: 36, step: 1, unit: v => String(v), field: 'fine_sampling.steps' },
    { name: 'feedback', label: 'Passes', min: 1, max: 8, step: 1, unit: v => String(v), field: 'feedback' },
    { name: 'pitch', label: 'Pitch', min: -12, max: 12, step: 1, unit: v => `${v > 0 ? '+' : ''}${v} semitones`, field: 'pitch_semitones' },
    { name: 'stretch', label: 'Length', min: 0.5, max: 2, step: 0.05, unit: v => `× ${v}`, field: 'stretch' },
    {
        name: 'stereo', label: 'Stereo', field: 'stereo',
        options: {
            '': 'as suits', STEREO_POLICY_MID: 'vamp the middle, keep the sides', STEREO_POLICY_DUAL: 'vamp both sides',
            STEREO_POLICY_MONO: 'mono',
        },
    },
];

/** The controls of a list, in an element. Reads and shows values by name; says when a person changed one. */
export class Fields {
    #controls = new Map();

    constructor(parent, fields, onChange) {
        for (const field of fields) {
            const id = `field-${field.name}`;
            const input = field.options
                ? make('select', { id }, ...Object.entries(field.options).map(([value, text]) => make('option', { value }, text)))
                : make('input', field.check
                    ? { id, type: 'checkbox' }
                    : { id, type: 'range', min: field.min, max: field.max, step: field.step });
            if (field.field) input.dataset.field = field.field;
            const output = make('output', { for: id });
            parent.append(field.check
                ? make('label', { class: 'check' }, input, ` ${field.label}`)
                : make('label', { class: 'field slider' }, make('span', {}, field.label), input, output));
            this.#controls.set(field.name, { field, input, output });
            input.addEventListener('input', () => {
                this.#tell(field.name);
                onChange(field.name);
            });
        }
    }

    get values() {
        return Object.fromEntries([...this.#controls].map(([name, { field, input }]) =>
            [name, field.check ? input.checked : field.options ? input.value : Number(input.value)]));
    }

    set values(values) {
        for (const [name, { field, input }] of this.#controls) {
            if (field.check) input.checked = values[name];
            else input.value = values[name];
            this.#tell(name);
        }
    }

    /** The most that a range goes to. */
    setMax(name, max) { this.#controls.get(name).input.max = max; }

    #tell(name) {
        const { field, input, output } = this.#controls.get(name);
        if (!field.unit) return;
        output.textContent = field.unit(Number(input.value));
        input.setAttribute('aria-valuetext', output.textContent);
    }
}
