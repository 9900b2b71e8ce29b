using System.Security.Claims;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Constraints.Automata;
using ModelServer.Constraints.Ebnf;
using ModelServer.Decoders;
using ModelServer.Generation;
using ModelServer.Requests;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using ModelServer.Tests.Models;
using ServiceDefaults.Errors;
using Testing;

namespace ModelServer.Tests.Generation;

/// <summary>The shipped generator in a real loop, under grammars: it was never taught any of this, so that every brace is the constraint's.</summary>
public sealed class ConstrainedGenerationTests(ConstrainedGenerationTests.Server server) : IClassFixture<ConstrainedGenerationTests.Server>
{
    private const string Person = """
        root   ::= "{\"name\": \"" [A-Za-zäöü ]{1,12} "\", \"age\": " [1-9] [0-9]? ", \"tags\": [" (tag (", " tag){0,3})? "]}"
        tag    ::= "\"" ("happy" | "sad" | [a-z]{2,5} | "日本" | "😀") "\""
        """;

    private const string Letters = "root ::= [a-z ]+";

    public static TheoryData<string, float, float, float, float> Samplings => new()
    {
        { "greedy", 0, 1, 1, 0 },
        { "plain", 1, 1, 1, 0 },
        { "hot", 2, 0.95f, 1, 0 },
        { "penalised", 0.7f, 0.8f, 1.5f, 2 },
    };

    [Theory]
    [MemberData(nameof(Samplings))]
    public async Task Start_Grammar_EveryTextIsOneOfIts(string name, float temperature, float topP, float repetition, float presence)
    {
        var sampling = new SamplingOptions { Temperature = temperature, TopP = topP, RepetitionPenalty = repetition, PresencePenalty = presence, FrequencyPenalty = presence, Seed = 7 };

        var answers = await server.AskAsync(Person, request => request with { Sampling = sampling, Choices = 6, MaxTokens = 150 });

        Assert.Equal(6, answers.Length);
        foreach (var answer in answers)
        {
            Assert.Equal(FinishReason.Stop, answer.Finish);
            Assert.True(IsWhole(Person, answer.Text), $"{name}: {answer.Text}");
            using var json = JsonDocument.Parse(answer.Text);
            Assert.InRange(json.RootElement.GetProperty("age").GetInt32(), 1, 99);
        }

        if (temperature > 0) Assert.NotEqual(answers[0].Text, answers[1].Text);
    }

    [Fact]
    public async Task Start_CutByMaxTokens_IsABeginningAndSaysLength()
    {
        var whole = (await server.AskAsync(Person, request => request))[0].Text;
        var cut = (await server.AskAsync(Person, request => request with { MaxTokens = 9 }))[0];

        Assert.Equal(FinishReason.Length, cut.Finish);
        Assert.StartsWith(cut.Text, whole, StringComparison.Ordinal);
        Assert.False(IsWhole(Person, cut.Text));
    }

    [Fact]
    public async Task Start_StopStrings_EndATextWhereItIsWholeOnly()
    {
        var stops = (TextGenerationRequest request) => request with { Shape = request.Shape with { Stops = ["\"", ", ", "e"] } };

        var person = (await server.AskAsync(Person, stops))[0];
        Assert.Equal(FinishReason.Stop, person.Finish);
        Assert.True(IsWhole(Person, person.Text), person.Text);

        var letters = (await server.AskAsync(Letters, stops))[0];
        Assert.Equal(FinishReason.Stop, letters.Finish);
        Assert.True(IsWhole(Letters, letters.Text), letters.Text);
        Assert.DoesNotContain('e', letters.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_NothingCanFollow_EndsWithoutAnEndToken(bool ignoresEnd)
    {
        var answers = await server.AskAsync("root ::= \"yes\" | \"no\"", request => request with { IgnoreEndTokens = ignoresEnd, MinTokens = 20, Choices = 3, MaxTokens = 30 });

        Assert.All(answers, a => Assert.Contains(a.Text, new[] { "yes", "no" }));
        Assert.All(answers, a => Assert.Equal(FinishReason.Stop, a.Finish));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_NothingButTheEmptyText_IsEmpty(bool ignoresEnd)
    {
        var answer = (await server.AskAsync("root ::= \"\"", request => request with { IgnoreEndTokens = ignoresEnd }))[0];

        Assert.Equal(("", FinishReason.Stop), (answer.Text, answer.Finish));
    }

    [Fact]
    public async Task Start_IgnoredEndTokens_AreNeverPartOfIt()
    {
        var answer = (await server.AskAsync(Letters, request => request with { IgnoreEndTokens = true, MaxTokens = 60 }))[0];

        Assert.Equal(FinishReason.Length, answer.Finish);
        Assert.True(IsWhole(Letters, answer.Text), answer.Text);
    }

    /// <summary>A stop token that the text needs is text until the text may end.</summary>
    [Fact]
    public async Task Start_StopTokensThatAreText_EndAtTheEndOnly()
    {
        var quote = server.Model.Tokenizer.TokenToId("\"")!.Value;

        var answer = (await server.AskAsync(Person, request => request with { StopTokens = [quote], MaxTokens = 150 }))[0];

        Assert.Equal(FinishReason.Stop, answer.Finish);
        Assert.True(IsWhole(Person, answer.Text), answer.Text);
    }

    [Fact]
    public async Task Start_LogitBias_CannotBringWhatTheGrammarForbids()
    {
        var bias = new Dictionary<int, float> { [server.Model.Tokenizer.TokenToId("Q")!.Value] = 100, [server.Model.Text.EndTokens[0]] = 100 };

        var answer = (await server.AskAsync(Person, request => request with { Sampling = request.Sampling with { LogitBias = bias }, MaxTokens = 150 }))[0];

        Assert.True(IsWhole(Person, answer.Text), answer.Text);
    }

    [Fact]
    public async Task Start_ManyAtOnce_ConstrainThemselvesAlone()
    {
        var sampling = new SamplingOptions { Seed = 11, Temperature = 1 };
        var free = (await server.AskAsync(null, request => request with { Sampling = sampling, MaxTokens = 40 }))[0].Text;

        var texts = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(async () => (await server.AskAsync(
            i % 3 == 0 ? null : i % 3 == 1 ? Person : Letters, request => request with { Sampling = sampling, MaxTokens = i % 3 == 1 ? 150 : 40 }))[0].Text)));

        for (var i = 0; i < texts.Length; i++)
        {
            if (i % 3 == 0) Assert.Equal(free, texts[i]);
            else Assert.True(IsWhole(i % 3 == 1 ? Person : Letters, texts[i]), texts[i]);
        }
    }

    [Fact]
    public async Task Start_GrammarThatCannotBeEnforced_IsTheFieldsFault()
    {
        var error = (await Assert.ThrowsAsync<InvalidFieldException>(() => server.AskAsync("root ::= root \"a\"", request => request with { GrammarField = "guided_grammar" }))).Error;

        Assert.Equal("guided_grammar", error.Param);
        Assert.Equal(0, server.Model.PendingTokens);
    }

    private static bool IsWhole(string grammar, string text) => new GrammarText(
        AutomatonCompiler.Compile(new EbnfFormat(grammar).ToGrammar(), Constraints.Automata.ConstraintModels.Get("stories").Vocabulary, "grammar", CancellationToken.None)).IsWholeWith(text);

    public sealed class Server : IAsyncLifetime
    {
        private readonly TemporaryModels _models = new();
        private ModelServerHost? _host;

        internal DecoderModel Model { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            var folder = Directory.CreateDirectory(Path.Combine(_models.Path, "stories", "1")).FullName;
            foreach (var file in Directory.GetFiles(Path.Combine(RepositoryPaths.Models, "stories", "1"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            _host = new ModelServerHost(_models.Path);
            await _host.CreateReadyClientAsync();
            using var lease = _host.Services.GetRequiredService<ModelServer.Models.ModelCatalog>().Acquire<DecoderModel>("stories", GenerationTask.Id, new ClaimsPrincipal());
            Model = lease.Loaded;
        }

        public async Task DisposeAsync()
        {
            if (_host is not null) await _host.DisposeAsync();
            _models.Dispose();
        }

        internal async Task<TextAnswer[]> AskAsync(string? grammar, Func<TextGenerationRequest, TextGenerationRequest> with)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            var request = new TextGenerationRequest(
                "stories",
                _ => [new TextPrompt(new TextInput("Once upon a time there was a"))],
                new Caller(new ClaimsPrincipal(), new QueueLane("tester"), CachePolicy.Default),
                new SamplingOptions { Temperature = 0 })
            {
                MaxTokens = 150,
                Grammar = grammar is null ? null : _ => new EbnfFormat(grammar).ToGrammar(),
            };
            using var generation = _host!.Services.GetRequiredService<TextGenerator>().Start(with(request));
            return await generation.ReadToEndAsync(limit.Token);
        }
    }
}
