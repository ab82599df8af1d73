namespace VampNet.Services.Hosting.Telemetry;

/// <summary>What a server of the mesh is called in metrics and traces: codec, coarse, fine, beats or gateway.</summary>
public sealed record StageName(string Value)
{
    /// <summary>The attribute that says so.</summary>
    public const string Attribute = "vampnet.stage";

    /// <inheritdoc cref="StageName"/>
    public override string ToString() => Value;

    /// <summary>The name as an attribute of a measurement.</summary>
    public KeyValuePair<string, object?> Tag => new(Attribute, Value);
}
