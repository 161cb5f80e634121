"""The kokoro engine: neural speech by Kokoro-82M on onnxruntime."""
