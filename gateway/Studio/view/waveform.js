import WaveSurfer from 'wavesurfer.js';
import RegionsPlugin from 'wavesurfer.js/plugins/regions';
import SpectrogramPlugin from 'wavesurfer.js/plugins/spectrogram';
import { $, colour, onThemeChange } from './elements.js';

/** The waveform of the source with its spectrogram, and the region on it. Sound comes from the player alone. */
export class Waveform extends EventTarget {
    #regions = RegionsPlugin.create();
    #spectrogram = null;
    #region = null;
    #track = null;

    constructor() {
        super();
        this.surfer = WaveSurfer.create({
            container: $('wave'), height: 112, cursorWidth: 0, normalize: true, hideScrollbar: true, plugins: [this.#regions],
            barWidth: 2, barGap: 1, barRadius: 1, ...colours(),
        });
        this.surfer.on('interaction', time => this.dispatchEvent(new CustomEvent('seek', { detail: time })));
        this.#regions.enableDragSelection({ color: colour('region') });
        this.#regions.on('region-created', region => this.#adopt(region));
        this.#regions.on('region-updated', region => this.#adopt(region));
        onThemeChange(() => {
            this.surfer.setOptions(colours());
            this.#region?.setOptions({ color: colour('region') });
            this.#drawSpectrogram();
        });
    }

    /** Shows a track. */
    async show(track) {
        this.#track = track;
        this.setRegion(null);
        await this.surfer.load('', track.channels(), track.duration);
        this.#drawSpectrogram();
    }

    set showsSpectrogram(shows) {
        $('spectrogram').hidden = !shows;
        this.#drawSpectrogram();
    }

    /** Marks a stretch, in seconds; null = none. */
    setRegion(region) {
        if (region && this.#region?.start === region.from && this.#region.end === region.to) return;
        this.#region = null;
        this.#regions.clearRegions();
        if (region && region.to > region.from)
            this.#region = this.#regions.addRegion({ start: region.from, end: region.to, color: colour('region') });
    }

    /** There is one region at most: the last one that was drawn. */
    #adopt(region) {
        for (const other of this.#regions.getRegions().filter(other => other !== region)) other.remove();
        this.#region = region;
        const [from, to] = [region.start, region.end].map(seconds => Math.round(seconds * 100) / 100);
        this.dispatchEvent(new CustomEvent('region', { detail: { from, to } }));
    }

    #drawSpectrogram() {
        if (this.#spectrogram) this.surfer.unregisterPlugin(this.#spectrogram);
        this.#spectrogram = null;
        if (!this.#track || $('spectrogram').hidden) return;
        this.#spectrogram = SpectrogramPlugin.create({
            container: $('spectrogram'), height: 96, fftSamples: 1024, scale: 'mel', frequencyMax: 12000, gainDB: 15, rangeDB: 75,
            colorMap: colourMap(),
        });
        this.surfer.registerPlugin(this.#spectrogram);
    }
}

const colours = () => ({ waveColor: colour('kept'), progressColor: colour('kept') });

/** From nothing to the colour of the source. */
function colourMap() {
    const rgb = colour('spectrum').split(' ').map(part => Number(part) / 255);
    return Array.from({ length: 256 }, (_, i) => [...rgb, (i / 255) ** 1.4]);
}
