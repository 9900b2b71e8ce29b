// Continues prompts greedily with ONNX Runtime GenAI: one after the other, or in batches that begin together and end with their longest.
//   genai-rival MODEL_FOLDER REQUESTS CHECK THREADS STREAMS WARMUP SECONDS
// The arguments and what is printed are those of rivals/llama/generate.mjs.
using System.Globalization;
using System.Text.Json;
using GenAIRival;

var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
if (args.Length != 7)
{
    Console.Error.WriteLine("genai-rival MODEL_FOLDER REQUESTS CHECK THREADS STREAMS WARMUP SECONDS");
    return 2;
}

Request[] requests = Read(args[1]), check = Read(args[2]);
var counts = args[3].Split(',').Select(int.Parse).ToArray();
var (streams, warmUp, seconds) = (int.Parse(args[4]), Number(args[5]), Number(args[6]));

var threads = counts.Length == 1 ? counts[0] : counts.MaxBy(Rate);
using var generator = new BatchGenerator(args[0], threads);
var answered = check.SelectMany(request => generator.Answer([request])).ToArray();
var to = warmUp + seconds;
var answers = generator.Run(requests, streams, to);
Console.WriteLine(JsonSerializer.Serialize(new { threads, from = warmUp, to, check = answered, answers }, options));
return 0;

int Rate(int count)
{
    using var tried = new BatchGenerator(args[0], count);
    tried.Run(requests, streams, 0.3);
    return tried.Run(requests, streams, 1).Sum(answer => answer.Times.Count);
}

Request[] Read(string file) => JsonSerializer.Deserialize<Request[]>(File.ReadAllBytes(file), options)!;

static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
