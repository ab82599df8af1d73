using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace VampNet.Testing;

/// <summary>Damage to files and messages, drawn at random: the same for the same random numbers.</summary>
public static class Damage
{
    /// <summary>Cut off, or with some bytes, numbers or stretches changed.</summary>
    public static byte[] Bytes(byte[] file, Random random)
    {
        var damaged = random.Next(6) == 0 ? file[..random.Next(file.Length)] : [.. file];
        if (damaged.Length == 0)
            return damaged;
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(damaged.Length);
            switch (random.Next(6))
            {
                case 0:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 1:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2: // bytes of the format itself hit deeper
                    damaged[at] = damaged[random.Next(damaged.Length)];
                    break;
                case 3: // sizes and offsets
                    uint[] numbers = [0, 1, int.MaxValue, uint.MaxValue, 1u << 31, (uint)damaged.Length];
                    if (at + sizeof(uint) <= damaged.Length)
                        BinaryPrimitives.WriteUInt32LittleEndian(damaged.AsSpan(at), numbers[random.Next(numbers.Length)]);
                    break;
                case 4: // a stretch in another place
                    var (from, length) = (random.Next(damaged.Length), random.Next(1, 65));
                    damaged.AsSpan(from, Math.Min(length, damaged.Length - Math.Max(from, at))).CopyTo(damaged.AsSpan(at));
                    break;
                default: // a stretch twice
                    var end = Math.Min(damaged.Length, at + random.Next(1, 65));
                    damaged = [.. damaged[..end], .. damaged[at..]];
                    break;
            }
        }
        return damaged;
    }

    /// <summary>JSON in which one value, anywhere, is replaced by an odd one.</summary>
    public static string Json(string json, Random random)
    {
        var root = JsonNode.Parse(json)!;
        var setters = Setters(root).ToArray();
        setters[random.Next(setters.Length)](random.Next(12) switch
        {
            0 => null,
            1 => JsonValue.Create(random.Next(-3, 4)),
            2 => JsonValue.Create(int.MaxValue),
            3 => JsonValue.Create(long.MinValue),
            4 => JsonValue.Create(1e300),
            5 => JsonValue.Create(0.5),
            6 => JsonValue.Create(""),
            7 => JsonValue.Create(new string('x', 10_000)),
            8 => JsonValue.Create("\0"),
            9 => new JsonArray(JsonValue.Create(int.MaxValue), null),
            10 => new JsonObject { ["x"] = null },
            _ => JsonValue.Create(true),
        });
        return root.ToJsonString();
    }

    private static IEnumerable<Action<JsonNode?>> Setters(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject values:
                foreach (var (name, value) in values)
                {
                    yield return odd => values[name] = odd;
                    foreach (var setter in Setters(value))
                        yield return setter;
                }
                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    var at = i;
                    yield return odd => items[at] = odd;
                }
                break;
        }
    }
}
