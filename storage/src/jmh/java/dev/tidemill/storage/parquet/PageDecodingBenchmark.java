package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.plain.PlainValuesReader;
import org.apache.parquet.column.values.plain.PlainValuesWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.format.Encoding;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** BIGINT pages into columns, beside parquet-java's readers of one value at a time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PageDecodingBenchmark {
  private static final int VALUES = 4096;
  private static final int ENTRIES = 1000;
  private static final int CODE_BITS = 10;
  private static final HeapByteBufferAllocator HEAP = new HeapByteBufferAllocator();
  private static final ParquetColumn COLUMN =
      new ParquetColumn("c", 0, Physical.INT_64, Type.BIGINT, Physical.INT_64.stride(), false);

  private final MemoryScope memory = MemoryScope.root("benchmark", MemoryScope.UNLIMITED);
  private final long[] result = new long[VALUES];
  private final long[] entries = new long[ENTRIES];
  private byte[] plain;
  private byte[] codes;
  private byte[] deltas;
  private Page plainPage;
  private Page entriesPage;
  private Page codesPage;
  private Page deltasPage;

  @Setup
  public void setUp() throws IOException {
    Random random = new Random(1);
    ValuesWriter plainWriter = new PlainValuesWriter(VALUES, 1 << 20, HEAP);
    ValuesWriter entriesWriter = new PlainValuesWriter(VALUES, 1 << 20, HEAP);
    ValuesWriter deltaWriter = new DeltaBinaryPackingValuesWriterForLong(VALUES, 1 << 20, HEAP);
    RunLengthBitPackingHybridEncoder encoder =
        new RunLengthBitPackingHybridEncoder(CODE_BITS, VALUES, 1 << 20, HEAP);
    for (int i = 0; i < VALUES; i++) {
      plainWriter.writeLong(random.nextLong());
      deltaWriter.writeLong(100L * i + random.nextInt(100));
      encoder.writeInt(random.nextInt(ENTRIES));
    }
    for (int i = 0; i < ENTRIES; i++) {
      entries[i] = random.nextLong();
      entriesWriter.writeLong(entries[i]);
    }
    plain = plainWriter.getBytes().toByteArray();
    deltas = deltaWriter.getBytes().toByteArray();
    ByteArrayOutputStream coded = new ByteArrayOutputStream();
    coded.write(CODE_BITS);
    encoder.toBytes().writeAllTo(coded);
    codes = coded.toByteArray();
    plainPage = page(plain, VALUES, Encoding.PLAIN);
    entriesPage = page(entriesWriter.getBytes().toByteArray(), ENTRIES, Encoding.PLAIN);
    codesPage = page(codes, VALUES, Encoding.RLE_DICTIONARY);
    deltasPage = page(deltas, VALUES, Encoding.DELTA_BINARY_PACKED);
  }

  private Page page(byte[] bytes, int values, Encoding encoding) {
    Buffer buffer = memory.allocate(bytes.length + PageReader.PADDING);
    Memory.copyFromArray(bytes, 0, buffer.address(), bytes.length);
    long end = buffer.address() + bytes.length;
    return new Page(buffer, values, encoding, 0, 0, 0, 0, buffer.address(), end);
  }

  @TearDown
  public void tearDown() {
    for (Page page : new Page[] {plainPage, entriesPage, codesPage, deltasPage}) {
      page.buffer().close();
    }
  }

  private int read(Page page) {
    ParquetPlace place = new ParquetPlace("f", "c", 0);
    try (ValueReader reader = ValueReader.of(COLUMN, place, memory)) {
      if (page == codesPage) {
        reader.startDictionary(entriesPage);
      }
      reader.startPage(page);
      long[] all = new long[HeapBits.words(VALUES)];
      Arrays.fill(all, -1);
      reader.append(all, 0, VALUES, VALUES);
      try (Column column = reader.finish(VALUES, null)) {
        return column.length();
      }
    }
  }

  private long[] read(ValuesReader reader, byte[] bytes) throws IOException {
    reader.initFromPage(VALUES, ByteBufferInputStream.wrap(ByteBuffer.wrap(bytes)));
    for (int i = 0; i < VALUES; i++) {
      result[i] = reader.readLong();
    }
    return result;
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int plain() {
    return read(plainPage);
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long[] plainTwin() throws IOException {
    return read(new PlainValuesReader.LongPlainValuesReader(), plain);
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int dictionary() {
    return read(codesPage);
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long[] dictionaryTwin() throws IOException {
    RunLengthBitPackingHybridDecoder decoder =
        new RunLengthBitPackingHybridDecoder(
            CODE_BITS, ByteBufferInputStream.wrap(ByteBuffer.wrap(codes, 1, codes.length - 1)));
    for (int i = 0; i < VALUES; i++) {
      result[i] = entries[decoder.readInt()];
    }
    return result;
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int delta() {
    return read(deltasPage);
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long[] deltaTwin() throws IOException {
    return read(new DeltaBinaryPackingValuesReader(), deltas);
  }
}
