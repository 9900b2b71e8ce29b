using Gateway.Bodies;
using Gateway.Usage;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace Gateway.Proxy;

/// <summary>Tells a model server how much of the caller's deadline is left.</summary>
internal sealed class DeadlineTransform(TimeProvider time) : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.HttpContext.Features.Get<Forwarding>()?.Deadline is not { IsSet: true } deadline) return default;
        RemoveHeader(context, DeadlineHeader.Name);
        AddHeader(context, DeadlineHeader.Name, DeadlineHeader.Format(deadline.Left(time)));
        return default;
    }
}

/// <summary>Names the attempt, so that the model server can be asked what it took.</summary>
internal sealed class AttemptTransform : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        // What a client sends under the name was copied.
        if (context.HttpContext.Request.Headers.ContainsKey(UsageInquiry.AttemptHeader)) RemoveHeader(context, UsageInquiry.AttemptHeader);
        if (context.HttpContext.Features.Get<Forwarding>()?.NameAttempt() is { } attempt) AddHeader(context, UsageInquiry.AttemptHeader, attempt);
        return default;
    }
}

/// <summary>Numbers the response that a request makes, whichever model server makes it.</summary>
internal sealed class ResponseNumberTransform : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        // What a client sends under the name was copied.
        if (context.HttpContext.Request.Headers.ContainsKey(ResponseNumber.HeaderName)) RemoveHeader(context, ResponseNumber.HeaderName);
        if (BodyForms.Of(context.HttpContext.Request.Path) == BodyForm.Responses && context.HttpContext.Features.Get<Forwarding>() is { } forwarding)
            AddHeader(context, ResponseNumber.HeaderName, forwarding.ResponseNumber);
        return default;
    }
}

/// <summary>Says of a request that it is the only one under way.</summary>
internal sealed class LoneRequestTransform : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        // What a client sends under the name was copied.
        if (context.HttpContext.Request.Headers.ContainsKey(LoneRequest.HeaderName)) RemoveHeader(context, LoneRequest.HeaderName);
        if (IsLone(context.HttpContext.GetReverseProxyFeature().AllDestinations)) AddHeader(context, LoneRequest.HeaderName, LoneRequest.Value);
        return default;
    }

    /// <remarks>It is counted itself.</remarks>
    private static bool IsLone(IReadOnlyList<DestinationState> replicas)
    {
        var underWay = 0;
        foreach (var replica in replicas) underWay += replica.ConcurrentRequestCount;
        return underWay == 1;
    }
}

/// <summary>Has every answer judged before it is passed on, and removes the headers that are meant for the gateway alone.</summary>
internal sealed class AnswerTransform : ResponseTransform
{
    public override ValueTask ApplyAsync(ResponseTransformContext context)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.Remove(LoadReport.HeaderName);
        headers.Remove("Server");
        headers.Remove(AnswerHeaders.AskElsewhere);
        if (context.ProxyResponse is not { } answer) return default;
        if (context.HttpContext.Features.Get<Forwarding>() is { } forwarding) context.SuppressResponseBody = !forwarding.Accept(answer);
        if (!context.SuppressResponseBody) context.HttpContext.TokenUsage()?.Take(headers, (int)answer.StatusCode, isWhole: answer.Content is not EventStreamContent);
        return default;
    }
}
