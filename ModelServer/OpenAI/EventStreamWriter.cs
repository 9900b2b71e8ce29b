using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelServer.Requests;

namespace ModelServer.OpenAI;

/// <summary>Writes server-sent events (WHATWG HTML, section 9.2). <c>Send…</c> flushes at once; <see cref="Write"/> waits for the next flush.</summary>
internal sealed class EventStreamWriter(HttpResponse response) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(response.BodyWriter, new() { Encoder = OpenAIJson.Readable.Options.Encoder });

    private readonly CancellationToken _client = RequestDeadline.ClientOf(response.HttpContext);

    private PipeWriter Body => response.BodyWriter;

    /// <param name="name">The event's name, of ASCII letters; null where its data says all.</param>
    public void Write<T>(T value, JsonTypeInfo<T> type, string? name = null)
    {
        if (name is not null) Encoding.ASCII.GetBytes($"event: {name}\n", Body);
        Body.Write("data: "u8);
        _json.Reset();
        JsonSerializer.Serialize(_json, value, type);
        Body.Write("\n\n"u8);
    }

    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async ValueTask FlushAsync() => await Body.FlushAsync(_client);

    /// <summary>Sends what was written last, whether or not anybody reads it.</summary>
    public async ValueTask EndAsync() => await Body.FlushAsync(CancellationToken.None);

    /// <summary>The stream ends here, and not as it should.</summary>
    public async ValueTask SendErrorAsync(ApiError error)
    {
        Body.Write(error.ToEvent(response.HttpContext.Request.Path));
        await EndAsync();
    }

    public async ValueTask SendDoneAsync()
    {
        Body.Write("data: [DONE]\n\n"u8);
        await FlushAsync();
    }

    public void Dispose() => _json.Dispose();
}
