using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Bodies;

/// <summary>The largest request bodies, in bytes; beyond them the answer is 413.</summary>
internal sealed class BodyLimitOptions
{
    public const string SectionName = "Limits";

    /// <summary>Routes that take one short text: <c>/predict</c>, <c>/v1/generate</c>, <c>/generate</c> and <c>/generate_stream</c>.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public long TextBytes { get; set; } = 200 * 1024;

    /// <summary>The other <c>/v1</c> routes, <c>/v2/rerank</c> and those of Text Embeddings Inference.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public long ApiBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The other <c>/v2</c> routes, which carry raw tensors.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public long TensorBytes { get; set; } = 64 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class BodyLimitOptionsValidator : IValidateOptions<BodyLimitOptions>;
