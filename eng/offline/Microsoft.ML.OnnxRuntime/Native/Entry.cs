namespace Microsoft.ML.OnnxRuntime;

/// <summary>Positions in the C API's function table (<c>struct OrtApi</c>); the table only ever grows at its end.</summary>
internal static class Entry
{
    public const int GetErrorCode = 1, GetErrorMessage = 2, ReleaseStatus = 93;

    public const int CreateEnv = 3, CreateEnvWithCustomLogger = 4, EnableTelemetryEvents = 5, DisableTelemetryEvents = 6, ReleaseEnv = 92,
        CreateEnvWithGlobalThreadPools = 119, GetAvailableProviders = 125, ReleaseAvailableProviders = 126, CreateAndRegisterAllocator = 144,
        SetLanguageProjection = 145, CreateEnvWithCustomLoggerAndGlobalThreadPools = 151, UpdateEnvWithCustomLogLevel = 226;

    public const int CreateThreadingOptions = 121, ReleaseThreadingOptions = 122, SetGlobalIntraOpNumThreads = 147,
        SetGlobalInterOpNumThreads = 148, SetGlobalSpinControl = 149, SetGlobalDenormalAsZero = 155;

    public const int CreateSessionOptions = 10, SetOptimizedModelFilePath = 11, SetSessionExecutionMode = 13, EnableProfiling = 14,
        DisableProfiling = 15, EnableMemPattern = 16, DisableMemPattern = 17, EnableCpuMemArena = 18, DisableCpuMemArena = 19,
        SetSessionLogId = 20, SetSessionLogVerbosityLevel = 21, SetSessionLogSeverityLevel = 22, SetSessionGraphOptimizationLevel = 23,
        SetIntraOpNumThreads = 24, SetInterOpNumThreads = 25, AddFreeDimensionOverride = 79, ReleaseSessionOptions = 100,
        DisablePerSessionThreads = 120, AddFreeDimensionOverrideByName = 124, AddSessionConfigEntry = 130,
        AppendCudaV2 = 204, CreateCudaProviderOptions = 205, UpdateCudaProviderOptions = 206, GetCudaProviderOptionsAsString = 207,
        ReleaseCudaProviderOptions = 208, AppendExecutionProvider = 216;

    public const int CreateSession = 7, CreateSessionFromArray = 8, Run = 9, SessionGetInputCount = 30, SessionGetOutputCount = 31,
        SessionGetOverridableInitializerCount = 32, SessionGetInputTypeInfo = 33, SessionGetOutputTypeInfo = 34,
        SessionGetOverridableInitializerTypeInfo = 35, SessionGetInputName = 36, SessionGetOutputName = 37,
        SessionGetOverridableInitializerName = 38, ReleaseSession = 95, SessionEndProfiling = 110, SessionGetModelMetadata = 111,
        SessionGetProfilingStartTimeNs = 146;

    public const int ModelMetadataGetProducerName = 112, ModelMetadataGetGraphName = 113, ModelMetadataGetDomain = 114,
        ModelMetadataGetDescription = 115, ModelMetadataLookupCustomMetadataMap = 116, ModelMetadataGetVersion = 117,
        ReleaseModelMetadata = 118, ModelMetadataGetCustomMetadataMapKeys = 123, ModelMetadataGetGraphDescription = 158;

    public const int CreateRunOptions = 39, RunOptionsSetRunLogVerbosityLevel = 40, RunOptionsSetRunLogSeverityLevel = 41,
        RunOptionsSetRunTag = 42, RunOptionsSetTerminate = 46, RunOptionsUnsetTerminate = 47, ReleaseRunOptions = 97, AddRunConfigEntry = 165;

    public const int CreateTensorAsOrtValue = 48, CreateTensorWithDataAsOrtValue = 49, GetTensorMutableData = 51, FillStringTensorElement = 129,
        GetStringTensorElementLength = 127, GetStringTensorElement = 128, GetTensorTypeAndShape = 65, GetValueType = 67, ReleaseValue = 96,
        GetTensorMemoryInfo = 194, GetResizedStringTensorElementBuffer = 252;

    public const int CastTypeInfoToTensorInfo = 55, GetOnnxTypeFromTypeInfo = 56, GetTensorElementType = 60, GetDimensionsCount = 61,
        GetDimensions = 62, GetSymbolicDimensions = 63, GetTensorShapeElementCount = 64, ReleaseTypeInfo = 98, ReleaseTensorTypeAndShapeInfo = 99;

    public const int CreateMemoryInfo = 68, CreateCpuMemoryInfo = 69, CompareMemoryInfo = 70, MemoryInfoGetName = 71, MemoryInfoGetId = 72,
        MemoryInfoGetMemType = 73, MemoryInfoGetType = 74, ReleaseMemoryInfo = 94, AllocatorAlloc = 75, AllocatorFree = 76,
        AllocatorGetInfo = 77, GetAllocatorWithDefaultOptions = 78, CreateAllocator = 131, ReleaseAllocator = 132,
        CreateArenaCfg = 156, ReleaseArenaCfg = 157;

    public const int RunWithBinding = 133, CreateIoBinding = 134, ReleaseIoBinding = 135, BindInput = 136, BindOutput = 137,
        BindOutputToDevice = 138, GetBoundOutputNames = 139, GetBoundOutputValues = 140, ClearBoundInputs = 141, ClearBoundOutputs = 142,
        SynchronizeBoundInputs = 202, SynchronizeBoundOutputs = 203;
}
