using Benchmarks.Load;

namespace Benchmarks.Report;

/// <summary>One line of the table.</summary>
/// <param name="Clients">0 for what has none.</param>
internal sealed record ResultRow(string Model, string Load, int Clients, string System, Measurement Median, Measurement[] Rounds);

/// <summary>The engine's figures for one model and load.</summary>
/// <param name="Latency">Median milliseconds of one text alone on one thread.</param>
/// <param name="TokensPerSecondWithoutPadding">The same when no row is ever padded.</param>
internal sealed record EngineRow(
    string Model, string Load, string Configuration, double TokensPerSecond, double SequencesPerSecond, double TokensPerSecondWithoutPadding, double Latency);

/// <summary>A target of the project beside what was measured; null where nothing was.</summary>
internal sealed record TargetRow(string Target, string Wanted, double? Measured, bool? Met);

/// <summary>How fast a library tokenizes.</summary>
/// <param name="System">The library.</param>
/// <param name="Rounds">Megabytes a second of each round; the median is the figure.</param>
/// <param name="CorpusTokens">How many tokens it makes of the text.</param>
internal sealed record TokenizerRow(string Tokenizer, string System, double MegabytesPerSecond, double TokensPerSecond, long CorpusTokens, double[] Rounds);
