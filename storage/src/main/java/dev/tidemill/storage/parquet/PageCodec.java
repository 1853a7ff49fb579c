package dev.tidemill.storage.parquet;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.tidemill.foundation.memory.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.parquet.format.CompressionCodec;
import org.xerial.snappy.Snappy;

/**
 * Decompresses pages, off-heap to off-heap. Never writes behind {@code to + toLength}. One thread.
 */
interface PageCodec extends AutoCloseable {
  /** Decompresses to exactly {@code toLength} bytes; false where the data does not give them. */
  boolean decompress(long from, int fromLength, long to, int toLength);

  @Override
  default void close() {}

  /**
   * @throws dev.tidemill.foundation.error.TidemillException for a codec that is not supported
   */
  static PageCodec of(CompressionCodec codec, ParquetPlace place) {
    return switch (codec) {
      case UNCOMPRESSED -> new Plain();
      case SNAPPY -> new SnappyCodec();
      case GZIP -> new Gzip();
      case ZSTD -> new ZstdCodec();
      case LZ4_RAW -> new Lz4();
      case LZO, BROTLI, LZ4 ->
          throw ParquetErrors.unsupported(place, "Parquet compression " + codec);
    };
  }

  /** Stored as it is. */
  final class Plain implements PageCodec {
    @Override
    public boolean decompress(long from, int fromLength, long to, int toLength) {
      if (fromLength != toLength) {
        return false;
      }
      Memory.copy(from, to, toLength);
      return true;
    }
  }

  /** Zstandard, by the native library. */
  final class ZstdCodec implements PageCodec {
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();

    @Override
    public boolean decompress(long from, int fromLength, long to, int toLength) {
      ByteBuffer source = Memory.segment(from, fromLength).asByteBuffer();
      ByteBuffer target = Memory.segment(to, toLength).asByteBuffer();
      try {
        return context.decompressDirectByteBuffer(target, 0, toLength, source, 0, fromLength)
            == toLength;
      } catch (ZstdException e) {
        return false;
      }
    }

    @Override
    public void close() {
      context.close();
    }
  }

  /**
   * Snappy, by the native library; it writes as much as the data's head says, which is checked
   * before.
   */
  final class SnappyCodec implements PageCodec {
    @Override
    public boolean decompress(long from, int fromLength, long to, int toLength) {
      try {
        return fromLength > 0
            && Snappy.uncompressedLength(from, fromLength) == toLength
            && Snappy.rawUncompress(from, fromLength, to) == toLength;
      } catch (IOException e) {
        return false;
      }
    }
  }

  /** Gzip: one or more members. */
  final class Gzip implements PageCodec {
    private static final int HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int HEADER_CHECKSUM = 2;

    private final Inflater inflater = new Inflater(true);

    @Override
    public boolean decompress(long from, int fromLength, long to, int toLength) {
      ByteBuffer source = Memory.segment(from, fromLength).asByteBuffer();
      ByteBuffer target = Memory.segment(to, toLength).asByteBuffer();
      try {
        while (target.hasRemaining()) {
          if (!skipHeader(source)) {
            return false;
          }
          inflater.reset();
          inflater.setInput(source);
          while (!inflater.finished()) {
            if (inflater.inflate(target) == 0 && !inflater.finished()) {
              return false;
            }
          }
          source.position(Math.min(source.position() + TRAILER_BYTES, source.limit()));
        }
        return true;
      } catch (DataFormatException e) {
        return false;
      }
    }

    private static boolean skipHeader(ByteBuffer source) {
      if (source.remaining() < HEADER_BYTES
          || source.get() != 0x1f
          || source.get() != (byte) 0x8b) {
        return false;
      }
      source.get();
      int flags = source.get();
      source.position(source.position() + 6);
      if ((flags & EXTRA) != 0) {
        if (source.remaining() < 2) {
          return false;
        }
        int extra = (source.get() & 0xff) | (source.get() & 0xff) << 8;
        if (source.remaining() < extra) {
          return false;
        }
        source.position(source.position() + extra);
      }
      if ((flags & NAME) != 0 && !skipText(source) || (flags & COMMENT) != 0 && !skipText(source)) {
        return false;
      }
      if ((flags & HEADER_CHECKSUM) != 0) {
        if (source.remaining() < 2) {
          return false;
        }
        source.position(source.position() + 2);
      }
      return true;
    }

    private static boolean skipText(ByteBuffer source) {
      while (source.hasRemaining()) {
        if (source.get() == 0) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void close() {
      inflater.end();
    }
  }

  /** A bare LZ4 block (LZ4_RAW). */
  final class Lz4 implements PageCodec {
    private static final int MIN_MATCH = 4;

    @Override
    public boolean decompress(long from, int fromLength, long to, int toLength) {
      long in = from;
      long inEnd = from + fromLength;
      long out = to;
      long outEnd = to + toLength;
      while (in < inEnd) {
        int token = Memory.getByte(in++) & 0xff;
        long literals = token >>> 4;
        if (literals == 15) {
          int more;
          do {
            if (in >= inEnd) {
              return false;
            }
            more = Memory.getByte(in++) & 0xff;
            literals += more;
          } while (more == 255);
        }
        if (literals > inEnd - in || literals > outEnd - out) {
          return false;
        }
        Memory.copy(in, out, literals);
        in += literals;
        out += literals;
        if (in == inEnd) {
          return out == outEnd;
        }
        if (inEnd - in < 2) {
          return false;
        }
        int distance = Memory.getShort(in) & 0xffff;
        in += 2;
        long match = (token & 15) + MIN_MATCH;
        if ((token & 15) == 15) {
          int more;
          do {
            if (in >= inEnd) {
              return false;
            }
            more = Memory.getByte(in++) & 0xff;
            match += more;
          } while (more == 255);
        }
        if (distance == 0 || distance > out - to || match > outEnd - out) {
          return false;
        }
        copyMatch(out - distance, out, match, distance);
        out += match;
      }
      return out == outEnd;
    }

    /** Copies what may overlap its own result: a short distance repeats. */
    private static void copyMatch(long from, long to, long length, int distance) {
      if (distance >= length) {
        Memory.copy(from, to, length);
        return;
      }
      for (long i = 0; i < length; i++) {
        Memory.putByte(to + i, Memory.getByte(from + i));
      }
    }
  }
}
