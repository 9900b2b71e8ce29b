using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ModelServer.Tests.OpenInference;

/// <summary>The bytes that Triton's Python client (tritonclient.http) sends: members in its order, tensors behind the JSON in the order of the inputs.</summary>
internal static class TritonBody
{
    public static readonly string[] Encoder = ["input_ids", "attention_mask"];

    /// <summary>Rows of the same ids for each of an encoder's inputs: ids, and ones.</summary>
    public static (string Name, long[] Shape, string Datatype, byte[] Data)[] Ids(long[][] rows)
    {
        long[] shape = [rows.Length, rows[0].Length];
        long[] ids = [.. rows.SelectMany(r => r)];
        return [(Encoder[0], shape, "INT64", Bytes(ids)), (Encoder[1], shape, "INT64", Bytes(Array.ConvertAll(ids, _ => 1L)))];
    }

    /// <summary>With the tensors as binary data, as the client sends them unless told otherwise.</summary>
    public static HttpRequestMessage Binary(string model, (string Name, long[] Shape, string Datatype, byte[] Data)[] inputs, string rest = "\"parameters\":{\"binary_data_output\":true}", string? coding = null)
    {
        var described = inputs.Select(i => $$$"""{"name":"{{{i.Name}}}","shape":{{{JsonSerializer.Serialize(i.Shape)}}},"datatype":"{{{i.Datatype}}}","parameters":{"binary_data_size":{{{i.Data.Length}}}}}""");
        var json = Encoding.UTF8.GetBytes($$"""{"id":"1","inputs":[{{string.Join(',', described)}}],{{rest}}}""");
        return Message(model, [.. json, .. inputs.SelectMany(i => i.Data)], json.Length, coding);
    }

    public static HttpRequestMessage Message(string model, byte[] body, int? jsonLength = null, string? coding = null)
    {
        var content = new ByteArrayContent(coding switch { "gzip" => Packed(body, s => new GZipStream(s, CompressionLevel.Fastest)), "deflate" => Packed(body, s => new ZLibStream(s, CompressionLevel.Fastest)), _ => body });
        if (coding is not null) content.Headers.ContentEncoding.Add(coding);
        var message = new HttpRequestMessage(HttpMethod.Post, $"/v2/models/{model}/infer") { Content = content };
        if (jsonLength is { } length) message.Headers.Add("Inference-Header-Content-Length", $"{length}");
        return message;
    }

    public static byte[] Bytes<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static byte[] Packed(byte[] body, Func<Stream, Stream> pack)
    {
        using var packed = new MemoryStream();
        using (var stream = pack(packed)) stream.Write(body);
        return packed.ToArray();
    }
}

/// <summary>An answer as the client reads it: by <c>Inference-Header-Content-Length</c>, and from there on by the sizes in the JSON.</summary>
internal sealed record TritonAnswer(JsonElement Json, byte[] Behind)
{
    public static async Task<TritonAnswer> ReadAsync(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {Encoding.UTF8.GetString(bytes)}");
        var length = response.Headers.TryGetValues("Inference-Header-Content-Length", out var header) ? int.Parse(header.Single(), System.Globalization.CultureInfo.InvariantCulture) : bytes.Length;
        return new(JsonDocument.Parse(bytes.AsMemory(0, length)).RootElement, bytes[length..]);
    }

    public JsonElement Output(string name) => Json.GetProperty("outputs").EnumerateArray().Single(o => o.GetProperty("name").GetString() == name);

    public byte[] Binary(string name)
    {
        var at = 0;
        foreach (var output in Json.GetProperty("outputs").EnumerateArray())
        {
            var size = output.TryGetProperty("parameters", out var parameters) && parameters.TryGetProperty("binary_data_size", out var told) ? told.GetInt32() : 0;
            if (output.GetProperty("name").GetString() == name) return Behind[at..(at + size)];
            at += size;
        }

        throw new KeyNotFoundException(name);
    }

    public float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(Binary(name)).ToArray();
}
