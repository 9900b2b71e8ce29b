using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Tests.Check;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.ModelFiles;

/// <summary>Folders damaged by seed: files that are missing, cut off, of the wrong kind, with bytes, members or whole values changed, links that lead away. Each loads, or is refused
/// with a reason that names the file and what is wrong; nothing else comes out, and nothing is read that lies elsewhere. <c>FOLDER_MUTATIONS</c> sets how many are tried.</summary>
public sealed partial class FolderMutationTests(CheckHost host) : IClassFixture<CheckHost>, IDisposable
{
    private const string Secret = "secret-of-another-folder";
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("FOLDER_MUTATIONS") ?? "40", CultureInfo.InvariantCulture);
    private readonly TemporaryModels _models = new();
    private readonly TemporaryModels _elsewhere = new();

    public void Dispose()
    {
        _models.Dispose();
        _elsewhere.Dispose();
    }

    [Theory]
    [InlineData("tiny-embedding")]
    [InlineData("tiny-multilabel")]
    [InlineData("tiny-rerank")]
    [InlineData("tiny-decoder")]
    public void Load_DamagedFolder_ServesOrNamesFileAndCause(string small)
    {
        var factory = host.Services.GetRequiredService<ModelFactory>();
        var reasons = new HashSet<string>(StringComparer.Ordinal);
        var outcomes = (Served: 0, Refused: 0);
        var faults = new List<string>();
        var mutation = new FolderMutation(_elsewhere.Write("secret.json", $$"""{ "architectures": ["{{Secret}}"], "model": { "type": "{{Secret}}" } }"""));
        for (var seed = 0; seed < Count; seed++)
        {
            var folder = _models.CopySmall(small, $"m{seed}");
            if (small == "tiny-embedding") _models.Write($"m{seed}/1/sentence_bert_config.json", """{"max_seq_length":32,"do_lower_case":false}""");
            _models.Write($"m{seed}/1/serving.json", """{"variant":"fp32","maxTokens":40,"golden":[],"goldenTolerance":{"fp32":0.1}}""");
            var what = mutation.Apply(folder, seed);
            try
            {
                using var model = factory.Load(new ModelFolder(_models.Path, $"m{seed}", "1"), CancellationToken.None);
                if (model.Source.Warnings.Concat(model.Labels).Any(text => text.Contains(Secret, StringComparison.Ordinal))) faults.Add($"seed {seed}, {what}: read what lies elsewhere");
                outcomes.Served++;
            }
            catch (ModelLoadException e)
            {
                var tells = e.Message.Contains(Secret, StringComparison.Ordinal) || e.Message.Contains(_models.Path, StringComparison.Ordinal);
                if (tells || e.Message.Length > 600 || e.Message.Contains('\n') || !Named().IsMatch(e.Message)) faults.Add($"seed {seed}, {what}: {e.Message}");
                outcomes.Refused++;
                reasons.Add(e.Message);
            }
            catch (Exception e)
            {
                faults.Add($"seed {seed}, {what}: {e}");
            }

            Directory.Delete(Path.Combine(_models.Path, $"m{seed}"), recursive: true);
        }

        if (Environment.GetEnvironmentVariable("FOLDER_REASONS") is { } path) File.AppendAllLines(path, reasons.Prepend($"== {small} {outcomes}"));
        Assert.True(faults is [], string.Join("\n\n", faults));
        Assert.True(outcomes.Served > Count / 20 && outcomes.Refused > Count / 4 && reasons.Count > Count / 15, $"{outcomes}, {reasons.Count} reasons");
    }

    /// <summary>A file, or the graph, which is one.</summary>
    [GeneratedRegex(@"\.(json|onnx|txt|jinja)|\bgraph\b|\blabels\b|Golden case|its task")]
    private static partial Regex Named();
}
