// Continues prompts greedily with ONNX Runtime GenAI: one after the other, or in batches that begin together and end with their longest.
//   genai-rival MODEL_FOLDER REQUESTS CHECK THREADS STREAMS SECONDS
// The arguments and what is printed are those of rivals/llama/generate.mjs.
using System.Globalization;
using System.Text.Json;
using GenAIRival;

var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
if (args.Length != 6)
{
    Console.Error.WriteLine("genai-rival MODEL_FOLDER REQUESTS CHECK THREADS STREAMS SECONDS");
    return 2;
}

Request[] requests = Read(args[1]), check = Read(args[2]);
var seconds = double.Parse(args[5], CultureInfo.InvariantCulture);
int[] answered = [];
List<object> runs = [];
foreach (var streams in Numbers(args[4]))
{
    var threads = Numbers(args[3]) is [var only] ? only : Numbers(args[3]).MaxBy(count => Rate(count, streams));
    using var generator = new BatchGenerator(args[0], threads);
    // As many at a time as when it is measured; the last number of streams has the last word.
    answered = [.. check.Chunk(streams).SelectMany(generator.Answer)];
    var run = generator.Run(requests, streams, seconds);
    runs.Add(new { streams, threads, run.From, run.To, run.Answers });
}

Console.WriteLine(JsonSerializer.Serialize(new { check = answered, runs }, options));
return 0;

double Rate(int threads, int streams)
{
    using var tried = new BatchGenerator(args[0], threads);
    return tried.Run(requests, streams, seconds: 1).Rate;
}

Request[] Read(string file) => JsonSerializer.Deserialize<Request[]>(File.ReadAllBytes(file), options)!;

static int[] Numbers(string text) => [.. text.Split(',').Select(int.Parse)];
