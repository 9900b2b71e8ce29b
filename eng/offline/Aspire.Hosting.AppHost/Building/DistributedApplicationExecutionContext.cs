namespace Aspire.Hosting;

public enum DistributedApplicationOperation
{
    Run,
    Publish,
}

/// <summary>Whether the application runs here or is being described for elsewhere.</summary>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation, string publisherName)
{
    private IServiceProvider? _services;

    public DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
        : this(operation, "manifest")
    {
    }

    public string PublisherName { get; set; } = publisherName;

    public DistributedApplicationOperation Operation { get; } = operation;

    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    public IServiceProvider ServiceProvider
    {
        get => _services ?? throw new InvalidOperationException("IServiceProvider is not available because the application is not built yet.");
        internal set => _services = value;
    }
}

public class DistributedApplicationException : Exception
{
    public DistributedApplicationException()
    {
    }

    public DistributedApplicationException(string message)
        : base(message)
    {
    }

    public DistributedApplicationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

public sealed class MissingParameterValueException(string message) : DistributedApplicationException(message);
