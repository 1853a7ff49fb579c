/**
 * Keys of hash tables: {@link dev.tidemill.exec.key.KeyWords} (one machine word), {@link
 * dev.tidemill.exec.key.KeyBytes} (byte strings), and the {@link dev.tidemill.exec.key.GroupTable}
 * that gives each distinct key a dense number.
 */
@NullMarked
package dev.tidemill.exec.key;

import org.jspecify.annotations.NullMarked;
