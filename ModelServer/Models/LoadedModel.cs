using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Tensors;
using ModelServer.Tokenization;

namespace ModelServer.Models;

/// <summary>What a ready version answers with; each task has a kind of its own.</summary>
/// <param name="task">The <see cref="ITask.Name"/> it was loaded by.</param>
/// <param name="source">What it was loaded from.</param>
/// <param name="maxTokens">Longest input in tokens, special tokens included.</param>
internal abstract class LoadedModel(string task, ModelSource source, int maxTokens) : IDisposable
{
    private static readonly Task<Exception> Never = new TaskCompletionSource<Exception>().Task;

    public string Task => task;

    public ModelSource Source => source;

    public string Variant => source.Variant;

    public HuggingFaceTokenizer Tokenizer { get; } = source.Tokenizer;

    public int MaxTokens => maxTokens;

    /// <summary>The names of the outputs, by index; empty where they have none.</summary>
    public virtual string[] Labels => [];

    /// <summary>Whether it was made for conversations: of several models of a task, chats that name none go to such a one and other requests to the others.</summary>
    public virtual bool IsForChat => false;

    /// <summary>How a generator chooses tokens where a request does not say.</summary>
    public virtual SamplingDefaults Defaults => SamplingDefaults.None;

    /// <summary>Tokens admitted and not yet answered.</summary>
    public virtual long PendingTokens => 0;

    /// <summary>Sequences that wait for the engine.</summary>
    public virtual int Waiting => 0;

    /// <summary>The part of the key-value cache in use, from 0 to 1; 0 where there is none.</summary>
    public virtual double CacheUse => 0;

    /// <summary>Threads of a run that has the machine to itself; 1 where all runs are alike.</summary>
    public virtual int LoneThreads => 1;

    /// <summary>What its graph takes and gives; null where there is no single one.</summary>
    public virtual TensorGraph? Graph => Tensors?.Graph;

    /// <summary>Runs its graph for those who bring the inputs themselves; null where that makes no sense.</summary>
    public virtual TensorEngine? Tensors => null;

    /// <summary>Completes with the failure when the model can answer nothing more; otherwise never.</summary>
    public virtual Task<Exception> Failure => Never;

    /// <summary>The memory that its graph was promised; released once all is freed.</summary>
    public MemoryPromise? Memory { get; set; }

    /// <summary>All that it was promised, in bytes.</summary>
    public virtual long PromisedBytes => Memory?.Bytes ?? 0;

    /// <summary>Compares an answer with what the folder promises.</summary>
    /// <exception cref="ModelLoadException">It differs, or the case is not one of this task.</exception>
    public virtual void Verify(GoldenCase golden, GoldenCheck check) => throw check.IsNotOf(task);

    /// <summary>Frees the model. Any number of threads may call it; each returns when all is freed.</summary>
    public void Dispose()
    {
        Free();
        Memory?.Dispose();
    }

    protected virtual void Free()
    {
    }
}
