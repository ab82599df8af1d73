using System.Globalization;
using Google.Protobuf;
using VampNet.Client;
using VampNet.Core.Sampling;
using VampNet.Gateway.Http.Answers;
using VampNet.Gateway.Http.Forms;
using VampNet.Gateway.Http.Wire;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Http.Verbs;

/// <summary>Makes music of music.</summary>
/// <param name="name">the last part of the path</param>
/// <param name="shape">what the verb itself says of the request, before the fields of the query; null = nothing</param>
/// <param name="keepsSource">whether what is kept whole sounds as in the source unless the query says otherwise</param>
/// <param name="parameters">of the shape</param>
internal sealed class VampVerb(
    string name, Action<VampConfig, QueryForm>? shape = null, bool keepsSource = false, params IReadOnlyList<QueryParameter> parameters)
    : UploadVerb(
    $"/v1/{name}", VampService.Descriptor.FindMethodByName("Vamp"), "audio", Offered, AnswerOf)
{
    private const string Variation = "variation", KeepSource = "keep_source";

    /// <summary>What music may be sent as.</summary>
    public static IReadOnlyList<ResponseFormat> Offered { get; } = [.. ResponseFormat.Audio, ResponseFormat.Events, ResponseFormat.Json];

    public static IAnswer AnswerOf(ClientResponse response, Acceptance wanted) =>
        wanted.Response == ResponseFormat.Events ? new EventAnswer(response)
        : wanted.Response == ResponseFormat.Json ? new DocumentAnswer(response)
        : new AudioAnswer(response);

    public override IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        .. parameters,
        new QueryParameter(Variation, "integer", "Which of the variations the audio is, from 0; where the response is audio."),
    ];

    protected override void Fill(IMessage config, QueryForm query, Acceptance wanted)
    {
        var vamp = (VampConfig)config;
        var variation = query.Take(Variation);
        shape?.Invoke(vamp, query);
        base.Fill(vamp, query, wanted);
        if (keepsSource && !query.Has(KeepSource))
            vamp.KeepSource = vamp.CanKeepSource();
        if (wanted.Response.IsAudio)
            Choose(vamp, variation ?? "0", query);
        else
            query.Checks.Require(variation is null, Variation, "chooses one of several results where the response is audio alone");
        query.Checks.ThrowIfAny();
    }

    /// <summary>Audio alone is one variation. It is that of a seed of its own, so that no other has to be made.</summary>
    private static void Choose(VampConfig config, string variation, QueryForm query)
    {
        var most = Math.Max(1, config.Variations);
        if (!query.Checks.Require(
            int.TryParse(variation, CultureInfo.InvariantCulture, out var number) && number >= 0 && number < most, Variation,
            $"is \"{variation}\", expected 0 to {most - 1}, as there are {most} variations"))
            return;
        if (config.HasSeed)
            config.Seed = Seeds.OfVariation(config.Seed, number);
        config.Variations = 1;
    }
}
