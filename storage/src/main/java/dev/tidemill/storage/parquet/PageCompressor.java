package dev.tidemill.storage.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.tidemill.foundation.memory.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** Compresses pages, off-heap to off-heap. One thread. */
final class PageCompressor implements AutoCloseable {
  private final CompressionCodec codec;
  private final @Nullable ZstdCompressCtx zstd;

  PageCompressor(ParquetWriteOptions options) {
    this.codec = options.codec();
    this.zstd =
        codec == CompressionCodec.ZSTD ? new ZstdCompressCtx().setLevel(options.level()) : null;
  }

  /** Appends the {@code length} bytes at {@code from} compressed. */
  void compress(long from, int length, GrowingBuffer to) {
    if (length == 0) {
      return;
    }
    int before = to.size();
    if (zstd != null) {
      int room = Math.toIntExact(Zstd.compressBound(length));
      ByteBuffer target = Memory.segment(to.extend(room), room).asByteBuffer();
      ByteBuffer source = Memory.segment(from, length).asByteBuffer();
      to.truncate(before + zstd.compressDirectByteBuffer(target, 0, room, source, 0, length));
    } else if (codec == CompressionCodec.SNAPPY) {
      long target = to.extend(Snappy.maxCompressedLength(length));
      try {
        to.truncate(before + (int) Snappy.rawCompress(from, length, target));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else {
      Memory.copy(from, to.extend(length), length);
    }
  }

  @Override
  public void close() {
    if (zstd != null) {
      zstd.close();
    }
  }
}
