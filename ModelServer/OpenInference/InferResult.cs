using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelServer.Answers;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>Writes the answer of an inference: JSON, and behind it the outputs that were asked for as binary data.</summary>
/// <param name="id">The request's.</param>
internal sealed class InferResult(InferAnswer answer, string? id) : IResult
{
    /// <summary>How much is gathered before it is sent.</summary>
    private const int FlushBytes = 64 * 1024;

    /// <summary>Elements between two looks at how much there is.</summary>
    private const int Stride = 1024;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public async Task ExecuteAsync(HttpContext http)
    {
        ResponseHeaders.Write(http, answer.Version.Version, answer.Timing);
        var (response, binary) = (http.Response, Array.FindAll(answer.Outputs, o => o.IsBinary));
        if (binary is [])
        {
            response.ContentType = "application/json";
            await using var writer = new Utf8JsonWriter(response.BodyWriter, Readable);
            await WriteAsync(writer, response.BodyWriter, http.RequestAborted);
            return;
        }

        // What follows is behind the JSON, so that its length comes first.
        var parts = Array.ConvertAll(binary, o => o.Output.Texts is { } texts ? BinaryTensor.Write(texts) : o.Output.Data);
        var head = new ArrayBufferWriter<byte>(1024);
        await using (var writer = new Utf8JsonWriter(head, Readable)) await WriteAsync(writer, sent: null, http.RequestAborted);
        response.ContentType = "application/octet-stream";
        response.Headers[InferBody.HeaderLength] = head.WrittenCount.ToString(CultureInfo.InvariantCulture);
        response.ContentLength = head.WrittenCount + parts.Sum(p => (long)p.Length);
        response.BodyWriter.Write(head.WrittenSpan);
        foreach (var part in parts)
        {
            // What is small goes out at once with what is before and behind it.
            if (part.Length < FlushBytes) response.BodyWriter.Write(part.Span);
            else await response.BodyWriter.WriteAsync(part, http.RequestAborted);
        }
    }

    /// <param name="sent">Where it goes as it is written; null where it is gathered first.</param>
    private async Task WriteAsync(Utf8JsonWriter writer, PipeWriter? sent, CancellationToken cancellationToken)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name"u8, answer.Version.Name);
        writer.WriteString("model_version"u8, answer.Version.Version);
        if (id is not null) writer.WriteString("id"u8, id);
        writer.WriteStartArray("outputs"u8);
        foreach (var (output, isBinary) in answer.Outputs)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, output.Name);
            writer.WriteString("datatype"u8, output.Type.Name);
            writer.WriteStartArray("shape"u8);
            foreach (var axis in output.Shape) writer.WriteNumberValue(axis);
            writer.WriteEndArray();
            if (isBinary) WriteSize(writer, output);
            else
            {
                writer.WriteStartArray("data"u8);
                var count = output.Texts?.Length ?? output.Data.Length / output.Type.Bytes;
                for (var i = 0; i < count; i += Stride)
                {
                    WriteElements(writer, output, i, Math.Min(Stride, count - i));
                    if (sent is null || writer.BytesPending <= FlushBytes) continue;
                    await writer.FlushAsync(cancellationToken);
                    await sent.FlushAsync(cancellationToken);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
    }

    private static void WriteSize(Utf8JsonWriter writer, TensorOutput output)
    {
        writer.WriteStartObject("parameters"u8);
        writer.WriteNumber("binary_data_size"u8, output.Texts is { } texts ? BinaryTensor.Write(texts).Length : output.Data.Length);
        writer.WriteEndObject();
    }

    private static void WriteElements(Utf8JsonWriter writer, TensorOutput output, int start, int count)
    {
        var data = output.Data.Span;
        switch (output.Type.Name)
        {
            case "BYTES":
                foreach (var text in output.Texts.AsSpan(start, count)) writer.WriteStringValue(text);
                break;
            case "BOOL":
                foreach (var value in data.Slice(start, count)) writer.WriteBooleanValue(value != 0);
                break;
            case "FP32":
                foreach (var value in Cells<float>(data, start, count)) writer.WriteNumberValue(value);
                break;
            case "FP64":
                foreach (var value in Cells<double>(data, start, count)) writer.WriteNumberValue(value);
                break;
            case "INT64":
                foreach (var value in Cells<long>(data, start, count)) writer.WriteNumberValue(value);
                break;
            case "UINT64":
                foreach (var value in Cells<ulong>(data, start, count)) writer.WriteNumberValue(value);
                break;
            case "INT32":
                foreach (var value in Cells<int>(data, start, count)) writer.WriteNumberValue(value);
                break;
            case "UINT32":
                foreach (var value in Cells<uint>(data, start, count)) writer.WriteNumberValue(value);
                break;
            case "INT16":
                foreach (var value in Cells<short>(data, start, count)) writer.WriteNumberValue(value);
                break;
            case "UINT16":
                foreach (var value in Cells<ushort>(data, start, count)) writer.WriteNumberValue(value);
                break;
            case "INT8":
                foreach (var value in Cells<sbyte>(data, start, count)) writer.WriteNumberValue(value);
                break;
            default:
                foreach (var value in data.Slice(start, count)) writer.WriteNumberValue(value);
                break;
        }
    }

    private static ReadOnlySpan<T> Cells<T>(ReadOnlySpan<byte> data, int start, int count)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(data).Slice(start, count);
}
