package dev.tidemill.storage.files;

/**
 * A place where a file's rows are divided.
 *
 * @param position behind the rows; {@link FileFormat#END} where they are the last
 * @param rows how many rows stand before it, from where one began
 */
public record FileCut(long position, long rows) {}
