using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntimeGenAI;

namespace GenAIRival;

internal sealed record Request(int[] Ids, int Tokens);

/// <param name="Start">Seconds since the run began.</param>
/// <param name="Times">Of each token, in the same seconds.</param>
internal sealed record Answer(double Start, List<double> Times);

/// <param name="From">Seconds since the run began at which measuring began.</param>
/// <param name="To">And ended.</param>
internal sealed record Run(double From, double To, List<Answer> Answers)
{
    public double Rate => Answers.Sum(a => a.Times.Count(t => t >= From && t < To)) / (To - From);
}

/// <summary>Runs batches of prompts, padded on the right to the longest of them.</summary>
internal sealed class BatchGenerator : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("genai-");
    private readonly Model _model;
    private readonly int _padding;

    public BatchGenerator(string folder, int threads)
    {
        // Threads are a matter of the model's configuration, so each count has a folder of its own.
        var configuration = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "genai_config.json")))!;
        configuration["model"]!["decoder"]!["session_options"]!["intra_op_num_threads"] = threads;
        File.WriteAllText(Path.Combine(_folder.FullName, "genai_config.json"), configuration.ToJsonString());
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "model.onnx"), Path.GetFullPath(Path.Combine(folder, "model.onnx")));
        _padding = (int)configuration["model"]!["pad_token_id"]!;
        _model = new(_folder.FullName);
    }

    /// <summary>The ids that follow, of each request as many as it wants.</summary>
    public int[] Answer(Request[] batch)
    {
        var ids = batch.Select(_ => new List<int>()).ToArray();
        Generate(batch, (row, id) => ids[row].Add(id));
        return [.. ids.SelectMany(list => list)];
    }

    /// <summary>A batch to get warm, then whole batches, so that each counts with its beginning and its end, until so many seconds have passed.</summary>
    public Run Run(Request[] requests, int rows, double seconds)
    {
        List<Answer> answers = [];
        var begin = Stopwatch.GetTimestamp();
        RunBatch(0);
        var from = Now();
        for (var next = rows; Now() < from + seconds; next += rows) RunBatch(next);
        return new(from, Now(), answers);

        double Now() => Stopwatch.GetElapsedTime(begin).TotalSeconds;

        void RunBatch(int first)
        {
            var batch = Enumerable.Range(first, rows).Select(i => requests[i % requests.Length]).ToArray();
            var current = batch.Select(_ => new Answer(Now(), [])).ToArray();
            answers.AddRange(current);
            Generate(batch, (row, _) => current[row].Times.Add(Now()));
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <param name="take">Told each token that a request still wants.</param>
    private void Generate(Request[] batch, Action<int, int> take)
    {
        var (longest, most) = (batch.Max(r => r.Ids.Length), batch.Max(r => r.Tokens));
        using var parameters = new GeneratorParams(_model);
        parameters.SetSearchOption("max_length", longest + most);
        parameters.SetSearchOption("batch_size", batch.Length);
        using var generator = new Generator(_model, parameters);
        generator.AppendTokens([.. batch.SelectMany(r => r.Ids.Concat(Enumerable.Repeat(_padding, longest - r.Ids.Length)))]);
        for (var step = 0; step < most && !generator.IsDone(); step++)
        {
            generator.GenerateNextToken();
            var ids = generator.GetNextTokens();
            for (var row = 0; row < batch.Length; row++)
            {
                if (step < batch[row].Tokens) take(row, ids[row]);
            }
        }
    }
}
