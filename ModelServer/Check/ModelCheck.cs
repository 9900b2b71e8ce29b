using ModelServer.Embed;
using ModelServer.Generation;
using ModelServer.LateInteraction;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Runtime;
using ModelServer.SparseEmbed;
using ModelServer.Tokenize;
using ModelServer.ToolCalls;

namespace ModelServer.Check;

/// <summary>Does with a folder what the server does: loads it, warms it up, compares its golden cases. And says what it learnt, whatever came of it.</summary>
internal sealed class ModelCheck(ModelFactory factory, IEnumerable<ITask> tasks, LoadMemory memory, TimeProvider time)
{
    private const string NoGraph = "Its weights are not in ONNX: without a graph it would serve /v1/tokenize and /v1/detokenize alone.";

    public CheckReport Run(CheckedFolder folder)
    {
        var files = FolderContents.Read(folder.Folder.Path);
        var source = Try(() => ModelSource.Read(folder.Folder));
        var graph = files.HasGraph && source is not null ? Try(() => source.Graph) : null;
        var (inputs, outputs) = graph is null ? ([], []) : Try(() => GraphSignature.Read(graph)) is { Inputs: not null } read ? read : ([], []);
        var report = new CheckReport
        {
            Folder = folder.Shown,
            Architecture = source?.Config.Architectures?.FirstOrDefault() ?? source?.GenAi?.Model?.Type,
            Variant = graph is null ? null : source?.Variant,
            Graph = graph is null ? null : Path.GetRelativePath(folder.Folder.Path, graph).Replace('\\', '/'),
            GraphBytes = graph is null ? null : GraphFiles.Bytes(graph),
            Inputs = inputs,
            Outputs = outputs,
            Tokenizer = Try(() => TokenizerKind.Of(folder.Folder.Find)),
            Warnings = folder.Placing is { } placing ? [placing] : [],
        };
        var (loaded, failure) = Load(folder.Folder, report);
        var reason = folder.Misplaced ?? failure?.Message ?? (loaded.Task == TokenizerTask.Id && files.OtherWeights is not null ? NoGraph : null);
        if (reason is null) return loaded with { IsServed = true };
        var isDynamic = graph is not null && Try(() => GraphNodes.HaveOneScaleForAll(GraphNodes.Read(graph)));
        var advice = failure is null && folder.Misplaced is not null ? [] : LayoutAdvice.For(new(report, files, isDynamic, [.. tasks.Select(t => t.Name)], failure));
        return loaded with { Reason = reason, Detail = DetailOf(failure), Advice = advice };
    }

    private (CheckReport Report, Exception? Failure) Load(ModelFolder folder, CheckReport report)
    {
        var start = time.GetTimestamp();
        try
        {
            using var promise = memory.Reserve(folder);
            using var model = factory.Load(folder, CancellationToken.None);
            var serving = model.Source.Serving;
            report = report with
            {
                LoadSeconds = Math.Round(time.GetElapsedTime(start).TotalSeconds, 2),
                Task = model.Task,
                VocabularySize = model.Tokenizer.VocabularySize,
                MaxTokens = model.MaxTokens,
                Labels = model.Labels,
                MemoryBytes = memory.Promised,
                GoldenCases = serving.Golden.Length,
                GoldenTolerance = serving.Golden.Length == 0 || model is DecoderModel ? null : serving.GoldenTolerance.GetValueOrDefault(model.Variant, GoldenCheck.DefaultTolerance),
                Warnings = [.. report.Warnings, .. model.Source.Warnings],
            };
            return (model switch
            {
                EmbeddingModel e => report with { Pooling = e.Settings.Pooling.ToString().ToLowerInvariant(), IsNormalized = e.Settings.Normalize, Dimensions = e.Dimensions },
                SparseModel s => report with { Pooling = s.Settings.Sums ? "splade (sum)" : "splade", IsNormalized = false, Dimensions = s.VocabularySize },
                LateInteractionModel l => report with { Pooling = "no", IsNormalized = true, Dimensions = l.Dimensions },
                DecoderModel d => WithText(report, d.Text),
                _ => report,
            }, null);
        }
        catch (Exception e)
        {
            // Whatever it is, it is what would be in the server's log.
            return (report, e);
        }
    }

    private static CheckReport WithText(CheckReport report, TextSettings text) => report with
    {
        HasChat = text.ChatTemplate is not null,
        ChatExample = text.ChatTemplate is { } template ? ExamplePrompt.Chat(template) : null,
        ToolExample = text.ChatTemplate is { } tools ? ExamplePrompt.ToolCall(tools) : null,
        ToolCalls = text.Answers.Calls.Name(),
        Thinks = text.Answers.Thinks,
    };

    private static string? DetailOf(Exception? failure) => failure switch
    {
        null or ModelMemoryException => null,
        ModelLoadException { InnerException: Microsoft.ML.OnnxRuntime.OnnxRuntimeException engine } => engine.Message,
        ModelLoadException => null,
        _ => failure.InnerException?.Message ?? failure.GetType().Name,
    };

    /// <summary>What cannot be read is left out here; loading says why.</summary>
    private static T? Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ModelLoadException or IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
