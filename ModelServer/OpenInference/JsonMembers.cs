using System.Text.Json;

namespace ModelServer.OpenInference;

/// <summary>Goes through the members of one JSON object, each known and there at most once.</summary>
internal struct JsonMembers
{
    private readonly string _owner;
    private readonly string[] _known;
    private int _seen;

    /// <param name="reader">At the object's beginning.</param>
    /// <param name="owner">What messages call it.</param>
    /// <param name="known">At most 32 names.</param>
    public JsonMembers(ref Utf8JsonReader reader, string owner, string[] known)
    {
        (_owner, _known) = (owner, known);
        if (reader.TokenType != JsonTokenType.StartObject) throw new InvalidFieldException("body", $"{owner} must be an object.");
    }

    /// <summary>Goes to the value of the next member.</summary>
    /// <returns>Its name; null at the object's end.</returns>
    public string? Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndObject) return null;
        for (var i = 0; i < _known.Length; i++)
        {
            if (!reader.ValueTextEquals(_known[i])) continue;
            if ((_seen & (1 << i)) != 0) throw new InvalidFieldException(_known[i], $"{_known[i]} is there twice in {_owner}.");
            _seen |= 1 << i;
            reader.Read();
            return _known[i];
        }

        var name = reader.GetString()!;
        throw new InvalidFieldException(name, $"{_owner} has the unknown member '{Shortened(name)}'.", "unknown_field");
    }

    public static void ExpectArray(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new InvalidFieldException(name, $"{name} must be a list.");
    }

    public static string Text(ref Utf8JsonReader reader, string name)
        => reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new InvalidFieldException(name, $"{name} must be a text.");

    public static bool Flag(ref Utf8JsonReader reader, string name)
        => reader.TokenType is JsonTokenType.True or JsonTokenType.False ? reader.GetBoolean() : throw new InvalidFieldException(name, $"{name} must be true or false.");

    public static ulong Number(ref Utf8JsonReader reader, string name, ulong most)
        => reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var number) && number <= most
            ? number
            : throw new InvalidFieldException(name, $"{name} must be a whole number from 0 to {most}.");

    /// <summary>A name as messages repeat it.</summary>
    public static string Shortened(string name) => name.Length <= 64 ? name : name[..64] + "…";
}

/// <summary>Goes through parameters: pairs of a name and a text, number or truth value, of which servers know some and ignore others.</summary>
internal readonly struct JsonParameters
{
    private readonly string _owner;

    public JsonParameters(ref Utf8JsonReader reader, string owner)
    {
        _owner = owner;
        if (reader.TokenType != JsonTokenType.StartObject) throw new InvalidFieldException("parameters", $"{owner} must be an object.");
    }

    /// <inheritdoc cref="JsonMembers.Next"/>
    public string? Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndObject) return null;
        var name = reader.GetString()!;
        reader.Read();
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.Null)
            throw new InvalidFieldException(name, $"'{JsonMembers.Shortened(name)}' among the {_owner} must be a text, a number, true or false.");
        return name.StartsWith("shared_memory_", StringComparison.Ordinal)
            ? throw new InvalidFieldException(name, "Tensors in shared memory are not supported.", "unsupported_parameter")
            : name;
    }
}
