using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ServiceDefaults.JsonBodies;

/// <summary>Where a reader stands in a JSON text: the containers around it, what each is read as, and the names it has had.</summary>
internal sealed class JsonCursor(JsonTypeInfo root)
{
    private readonly Stack<Container> _containers = new();

    /// <summary>The type of the last value; null where a converter reads it as it likes.</summary>
    public JsonTypeInfo? Type { get; private set; }

    /// <summary>The path of the last member whose name was in its object before; null for none.</summary>
    public string? Duplicate { get; private set; }

    /// <summary>The path of the last value or member; null for the whole text.</summary>
    public string? Path
    {
        get
        {
            var path = new StringBuilder();
            foreach (var container in _containers.Reverse())
            {
                if (container.Index >= 0 && container.Names is null) path.Append('[').Append(container.Index).Append(']');
                else if (container.Name is { } name) path.Append(path.Length > 0 ? "." : "").Append(name);
            }

            return path.Length > 0 ? path.ToString() : null;
        }
    }

    /// <summary>Takes in the token that has just been read.</summary>
    public void Pass(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                Type = _containers.Pop().Type;
                break;
            case JsonTokenType.PropertyName:
                Name(reader.GetString()!);
                break;
            case var token:
                Type = _containers.TryPeek(out var around) ? around.Next() : root;
                if (token is JsonTokenType.StartObject or JsonTokenType.StartArray) _containers.Push(new(Type, token == JsonTokenType.StartObject));
                break;
        }
    }

    private void Name(string name)
    {
        var container = _containers.Peek();
        container.Name = name;
        if (!container.Names!.Add(name)) Duplicate = Path;
    }

    private sealed class Container(JsonTypeInfo? type, bool isObject)
    {
        public JsonTypeInfo? Type => type;

        /// <summary>Null for an array.</summary>
        public HashSet<string>? Names { get; } = isObject ? [] : null;

        public string? Name { get; set; }

        public int Index { get; private set; } = -1;

        public JsonPropertyInfo? Member => type!.Properties.FirstOrDefault(p => p.Name == Name);

        /// <summary>Goes on to the next value and returns its type.</summary>
        public JsonTypeInfo? Next()
        {
            Index++;
            return type switch
            {
                { Kind: JsonTypeInfoKind.Object } when isObject => Member is { CustomConverter: null, PropertyType: var member } ? type.Options.GetTypeInfo(member) : null,
                { Kind: JsonTypeInfoKind.Dictionary } when isObject => type.Options.GetTypeInfo(type.ElementType!),
                { Kind: JsonTypeInfoKind.Enumerable } when !isObject => type.Options.GetTypeInfo(type.ElementType!),
                _ => null,
            };
        }
    }
}
