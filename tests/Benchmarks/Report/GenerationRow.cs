using Benchmarks.Load;

namespace Benchmarks.Report;

/// <summary>One line of the table of generation.</summary>
/// <param name="Load">
/// <c>mix</c>, prompts and continuations of all lengths; <c>decode</c>, continuations alone or nearly so; <c>prefill</c>, prompts alone;
/// <c>arrivals</c>, streams while long prompts arrive, whose first tokens they are; <c>first</c>, one request at a time for its first tokens.
/// </param>
/// <param name="Streams">Requests at a time.</param>
internal sealed record GenerationRow(string Model, string Load, int Streams, string System, StreamMeasurement Median, StreamMeasurement[] Rounds);
