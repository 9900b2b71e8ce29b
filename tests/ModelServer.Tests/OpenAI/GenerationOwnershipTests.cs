using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Generation;
using ModelServer.OpenAI;
using ServiceDefaults.Contracts;

namespace ModelServer.Tests.OpenAI;

/// <summary>A generation that has begun ends with its request, whatever becomes of its answer.</summary>
public sealed class GenerationOwnershipTests : IDisposable
{
    private readonly HeldModels _held = new();
    private readonly DefaultHttpContext _http = new();
    private readonly CompletedResponse _response = new();

    public GenerationOwnershipTests() => _http.Features.Set<IHttpResponseFeature>(_response);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Answer_FailsBeforeItsFirstByte_TheModelIsReleasedWithTheRequest(bool chat, bool stream)
    {
        await BeginAsync();

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => HandleAsync(chat, stream, new BrokenTime()));
        await _response.CompleteAsync();

        Assert.Equal(0, _held.Leases);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_IsNeverExecuted_TheModelIsReleasedWithTheRequest(bool chat)
    {
        await BeginAsync();

        await HandleAsync(chat, stream: true, TimeProvider.System);
        Assert.Equal(1, _held.Leases);
        await _response.CompleteAsync();

        Assert.Equal(0, _held.Leases);
        // The only row is free, long before the text would have ended.
        _held.Time.Release();
        await _held.Models.PostAsync(HeldModels.Route, new { prompt = new[] { 16 }, max_tokens = 1 });
    }

    public void Dispose() => _held.Dispose();

    private async Task BeginAsync()
    {
        await _held.Models.Host.CreateReadyClientAsync();
        _held.Time.Hold(HeldModels.FirstLooks);
    }

    private Task<IResult> HandleAsync(bool chat, bool stream, TimeProvider time)
    {
        var generator = _held.Models.Host.Services.GetRequiredService<TextGenerator>();
        if (!chat)
            return CompletionsEndpoint.HandleAsync(new(new PromptInput { Items = [new(null, [16])] }) { MaxTokens = 60, IgnoreEos = true, Stream = stream }, generator, _http, time);
        ChatMessage[] messages = [new("user", new([new("text", "the old man")]))];
        return ChatCompletionsEndpoint.HandleAsync(new(messages) { Model = "plain", MaxTokens = 50, IgnoreEos = true, Stream = stream }, generator, _http, time);
    }

    private sealed class BrokenTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new InvalidTimeZoneException();
    }

    /// <summary>A response that can end.</summary>
    private sealed class CompletedResponse : HttpResponseFeature
    {
        private readonly Stack<Func<Task>> _completed = new();

        public override void OnCompleted(Func<object, Task> callback, object state) => _completed.Push(() => callback(state));

        public async Task CompleteAsync()
        {
            while (_completed.TryPop(out var callback)) await callback();
        }
    }
}
