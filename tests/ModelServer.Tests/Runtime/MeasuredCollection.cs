namespace ModelServer.Tests.Runtime;

/// <summary>Tests that measure the process itself: nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class MeasuredCollection
{
    public const string Name = "measured";
}
