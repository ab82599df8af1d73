import { defaults, presetPrompt } from '../prompt/settings.js';
import { $, make } from './elements.js';
import { Fields, moreFields, promptFields } from './fields.js';

const words = name => name.replaceAll('-', ' ');

/** The form: what stays and what is played. Its settings are read and shown as one object. */
export class SettingsPanel extends EventTarget {
    #model = { presets: [], temperature: 1 };
    #preset = '';
    #mask = null;
    #prompt = new Fields($('prompt-fields'), promptFields, () => this.#choose(''));
    #more = new Fields($('more-fields'), moreFields, () => this.#changed());

    constructor() {
        super();
        for (const id of ['variations', 'seed', 'from', 'to', 'seconds', 'model'])
            $(id).addEventListener('input', () => this.#changed());
        $('temperature').addEventListener('input', () => {
            this.#showTemperature();
            this.#changed();
        });
        $('mode').addEventListener('change', () => {
            this.#suggestRegion();
            this.#showMode();
            this.#changed();
        });
        this.settings = defaults;
    }

    /** @param {{presets: object[], temperature: number, codebooks: number}} model what the chosen model can do */
    setModel(model) {
        this.#model = model;
        $('presets').replaceChildren($('presets').firstElementChild, ...model.presets.map(preset => make('label', {},
            make('input', { type: 'radio', name: 'preset', value: preset.name, onchange: () => this.#choose(preset.name) }),
            make('span', {}, words(preset.name)))));
        $('presets').append(make('label', { id: 'own', hidden: true },
            make('input', { type: 'radio', name: 'preset', value: '' }), make('span', {}, 'own prompt')));
        this.#prompt.setMax('codebooks', model.codebooks);
        if (!model.presets.some(preset => preset.name === this.#preset) && this.#preset) this.#preset = '';
        this.#showPreset();
        this.#showTemperature();
    }

    get settings() {
        const number = id => Number($(id).value) || 0;
        return {
            ...this.#more.values,
            model: $('model').value,
            preset: this.#preset,
            prompt: this.#preset ? defaults.prompt : this.#prompt.values,
            mask: this.#mask,
            mode: document.querySelector('input[name=mode]:checked').value,
            from: number('from'),
            to: number('to'),
            seconds: number('seconds'),
            variations: number('variations'),
            seed: $('seed').value.trim(),
            temperature: this.#hasTemperature ? number('temperature') : null,
        };
    }

    set settings(settings) {
        this.#preset = settings.preset;
        this.#mask = settings.mask;
        $('unpaint').hidden = !settings.mask;
        this.#more.values = settings;
        this.#prompt.values = settings.prompt;
        for (const id of ['from', 'to', 'seconds', 'variations', 'seed']) $(id).value = settings[id];
        if (settings.model) $('model').value = settings.model;
        document.querySelector(`input[name=mode][value=${settings.mode}]`).checked = true;
        this.#hasTemperature = settings.temperature != null;
        $('temperature').value = settings.temperature ?? this.#model.temperature;
        this.#showPreset();
        this.#showMode();
        this.#showTemperature(this.#hasTemperature);
    }

    /** Whether somebody chose one; else it is the model's, whichever that is. */
    #hasTemperature = false;

    /** A mask that was painted, in the place of any prompt; null = none. */
    set mask(mask) {
        this.#mask = mask;
        $('unpaint').hidden = !mask;
        this.#showPreset();
        this.#changed();
    }

    /** A stretch of the source that was drawn on it. */
    setRegion({ from, to }, mode) {
        if (from != null) $('from').value = from;
        if (to != null) $('to').value = to;
        if (mode) document.querySelector(`input[name=mode][value=${mode}]`).checked = true;
        this.#showMode();
        this.#changed();
    }

    /** Marks the controls that a problem names. */
    setProblem(fields) {
        const names = Object.keys(fields).map(name => name.replace(/^config\./, ''));
        for (const control of document.querySelectorAll('[data-field]'))
            control.setAttribute('aria-invalid', names.some(name => name.startsWith(control.dataset.field)));
    }

    #choose(preset) {
        this.#preset = preset;
        this.#mask = null;
        $('unpaint').hidden = true;
        this.#showPreset();
        this.#changed();
    }

    #showPreset() {
        const preset = this.#model.presets.find(preset => preset.name === this.#preset);
        if (preset) this.#prompt.values = presetPrompt(preset);
        if ($('own')) $('own').hidden = !!preset && !this.#mask;
        if ($('own')) $('own').querySelector('span').textContent = this.#mask ? 'painted' : 'own prompt';
        for (const radio of document.querySelectorAll('input[name=preset]'))
            radio.checked = radio.value === (this.#mask ? '' : this.#preset);
    }

    /** Something to begin with, where nobody drew a region: the middle; or the end, to go on from. */
    #suggestRegion() {
        const [mode, from, to] = [document.querySelector('input[name=mode]:checked').value, $('from'), $('to')];
        const seconds = Number(to.max);
        if (mode === 'region' && Number(to.value) <= Number(from.value))
            [from.value, to.value] = [seconds / 3, 2 * seconds / 3].map(value => value.toFixed(2));
        if (mode === 'continue' && Number(from.value) === 0) from.value = Math.floor(seconds * 100) / 100;
    }

    #showMode() {
        $('settings').dataset.mode = document.querySelector('input[name=mode]:checked').value;
        $('to').disabled = $('settings').dataset.mode !== 'region';
    }

    #showTemperature(isChosen = document.activeElement === $('temperature')) {
        this.#hasTemperature ||= isChosen;
        if (!this.#hasTemperature) $('temperature').value = this.#model.temperature;
        $('temperature-value').textContent = this.#hasTemperature ? Number($('temperature').value).toFixed(2) : 'as suits';
    }

    #changed() { this.dispatchEvent(new Event('change')); }
}
