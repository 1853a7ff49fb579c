package dev.tidemill.exec.spill;

/**
 * Where a batch lies in a {@link Spill}.
 *
 * @param position of its first byte in the file
 * @param bytes as it lies there, compressed
 * @param plainBytes before compression: about what it takes in memory
 * @param rows of the batch
 */
public record SpilledBlock(long position, int bytes, int plainBytes, int rows) {}
