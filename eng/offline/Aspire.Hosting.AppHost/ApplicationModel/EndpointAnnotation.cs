using System.Diagnostics;
using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address a resource listens on: what was asked for, and what it got.</summary>
[DebuggerDisplay("Name = {Name}, UriScheme = {UriScheme}, Port = {Port}")]
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private readonly TaskCompletionSource<AllocatedEndpoint> _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _transport;

    public EndpointAnnotation(ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null, int? port = null, int? targetPort = null, bool? isExternal = null, bool isProxied = true)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
        Name = name ?? UriScheme;
        _transport = transport;
        Port = port is 0 ? null : port;
        TargetPort = targetPort is 0 ? null : targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
        if (Name.Length is 0 or > 64 || Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-')) throw new ArgumentException($"Endpoint name '{Name}' is invalid.", nameof(name));
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    /// <summary>The port clients use; null for any free one.</summary>
    public int? Port { get; set; }

    /// <summary>The port the process itself listens on; null for the same as <see cref="Port"/>.</summary>
    public int? TargetPort { get; set; }

    public string UriScheme { get; set; }

    /// <summary>What the process binds to: <c>localhost</c>, or <c>*</c> and the like for every interface.</summary>
    public string TargetHost { get; set; } = "localhost";

    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : Protocol.ToString().ToLowerInvariant());
        set => _transport = value;
    }

    public bool IsExternal { get; set; }

    public bool IsProxied { get; set; }

    public bool TlsEnabled { get; set; }

    public bool ExcludeReferenceEndpoint { get; set; }

    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => _allocated.Task.IsCompletedSuccessfully ? _allocated.Task.Result : null;
        set => _allocated.TrySetResult(value ?? throw new ArgumentNullException(nameof(value)));
    }

    internal Task<AllocatedEndpoint> Allocation => _allocated.Task;

    internal bool FromLaunchProfile { get; set; }

    /// <summary>The https endpoint a published web project has without asking: TLS ends before it, so it gets no port variable.</summary>
    internal bool IsDefaultHttps { get; set; }

    internal string? TargetPortEnvironmentVariable { get; set; }
}

/// <summary>The address an endpoint got.</summary>
public class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
{
    public EndpointAnnotation Endpoint { get; } = endpoint;

    public string Address { get; } = address;

    public int Port { get; } = port;

    public string UriScheme => Endpoint.UriScheme;

    public string EndPointString => $"{Address}:{Port}";

    public string UriString => $"{UriScheme}://{EndPointString}";

    public string? TargetPortExpression { get; } = targetPortExpression;

    public override string ToString() => UriString;
}
