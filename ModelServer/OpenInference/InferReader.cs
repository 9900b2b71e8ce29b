using System.Text;
using System.Text.Json;

namespace ModelServer.OpenInference;

/// <summary>Reads an inference in one forward pass over its JSON, and takes the tensors behind that as they lie.</summary>
internal static class InferReader
{
    private static readonly string[] Members = ["id", "inputs", "outputs", "parameters", "model_name", "model_version"];

    /// <param name="body">JSON, and behind it the tensors of inputs that have a <c>binary_data_size</c>, in their order.</param>
    /// <param name="jsonLength">Bytes of the JSON; null where there is nothing else.</param>
    /// <exception cref="InvalidFieldException">It is no inference; the message says where.</exception>
    public static InferRequest Read(ReadOnlyMemory<byte> body, int? jsonLength)
    {
        var json = body.Span[..(jsonLength ?? body.Length)];
        if (json.StartsWith(Encoding.UTF8.Preamble)) json = json[Encoding.UTF8.Preamble.Length..];
        var reader = new Utf8JsonReader(json);
        try
        {
            var tensors = body[(jsonLength ?? body.Length)..];
            reader.Read();
            var request = ReadRequest(ref reader, ref tensors);
            // Whatever stands behind it is none of JSON's.
            reader.Read();
            return tensors.Length == 0 ? request : throw new InvalidFieldException("inputs", $"{tensors.Length} bytes of binary data belong to no input.");
        }
        catch (JsonException)
        {
            throw new InvalidFieldException("body", "The body is not valid JSON, or breaks off.", "invalid_json");
        }
        // What Utf8JsonReader says of texts that are no UTF-8, or have half a surrogate pair.
        catch (InvalidOperationException)
        {
            throw new InvalidFieldException("body", "The body has a text that is not valid Unicode.", "invalid_json");
        }
    }

    private static InferRequest ReadRequest(ref Utf8JsonReader reader, ref ReadOnlyMemory<byte> tensors)
    {
        var members = new JsonMembers(ref reader, "the request", Members);
        string? id = null;
        List<InferInput>? inputs = null;
        List<RequestedOutput>? outputs = null;
        var parameters = default(InferParameters);
        while (members.Next(ref reader) is { } member)
        {
            // Null is as if it were not there.
            if (reader.TokenType == JsonTokenType.Null) continue;
            switch (member)
            {
                case "id": id = JsonMembers.Text(ref reader, "id"); break;
                case "inputs": inputs = ReadInputs(ref reader, ref tensors); break;
                case "outputs": outputs = ReadOutputs(ref reader); break;
                case "parameters": parameters = ReadParameters(ref reader); break;
                // KServe's client repeats what the address says.
                default: JsonMembers.Text(ref reader, member); break;
            }
        }

        if (inputs is null or []) throw new InvalidFieldException("inputs", "inputs must be a list of at least one tensor.", "field_required");
        return new(id, [.. inputs], outputs is null or [] ? null : [.. outputs], parameters);
    }

    private static List<InferInput> ReadInputs(ref Utf8JsonReader reader, ref ReadOnlyMemory<byte> tensors)
    {
        JsonMembers.ExpectArray(ref reader, "inputs");
        var inputs = new List<InferInput>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var input = InputReader.Read(ref reader, ref tensors);
            if (inputs.Exists(i => i.Name == input.Name)) throw new InvalidFieldException("inputs", $"The input '{input.Name}' is there twice.");
            inputs.Add(input);
        }

        return inputs;
    }

    private static List<RequestedOutput> ReadOutputs(ref Utf8JsonReader reader)
    {
        JsonMembers.ExpectArray(ref reader, "outputs");
        var outputs = new List<RequestedOutput>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var output = ReadOutput(ref reader);
            if (outputs.Exists(o => o.Name == output.Name)) throw new InvalidFieldException("outputs", $"The output '{output.Name}' is asked for twice.");
            outputs.Add(output);
        }

        return outputs;
    }

    private static RequestedOutput ReadOutput(ref Utf8JsonReader reader)
    {
        var members = new JsonMembers(ref reader, "an output", ["name", "parameters"]);
        string? name = null;
        (bool? isBinary, int classes) = (null, 0);
        while (members.Next(ref reader) is { } member)
        {
            if (reader.TokenType == JsonTokenType.Null) continue;
            if (member == "name")
            {
                name = JsonMembers.Text(ref reader, "name");
                continue;
            }

            var parameters = new JsonParameters(ref reader, "parameters of an output");
            while (parameters.Next(ref reader) is { } parameter)
            {
                if (parameter == "binary_data") isBinary = JsonMembers.Flag(ref reader, parameter);
                else if (parameter == "classification") classes = (int)JsonMembers.Number(ref reader, parameter, int.MaxValue);
            }
        }

        return new(name ?? throw new InvalidFieldException("outputs", "Each output must have a name.", "field_required"), isBinary, classes);
    }

    private static InferParameters ReadParameters(ref Utf8JsonReader reader)
    {
        var result = default(InferParameters);
        var parameters = new JsonParameters(ref reader, "parameters");
        while (parameters.Next(ref reader) is { } parameter)
        {
            switch (parameter)
            {
                case "binary_data_output": result = result with { IsBinary = JsonMembers.Flag(ref reader, parameter) }; break;
                case "priority": result = result with { Priority = JsonMembers.Number(ref reader, parameter, ulong.MaxValue) }; break;
                case "timeout": result = result with { Timeout = TimeSpan.FromMicroseconds((long)Math.Min(JsonMembers.Number(ref reader, parameter, ulong.MaxValue), DeadlineHeader.MaxMilliseconds * 1000UL)) }; break;
                case "sequence_id" or "sequence_start" or "sequence_end": throw new InvalidFieldException(parameter, $"Requests of a sequence ({parameter}) are not supported.", "unsupported_parameter");
                default: break;
            }
        }

        return result;
    }
}
