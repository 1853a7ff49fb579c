/**
 * {@code 'connector'='datagen'}: rows made up from a seed. Start with {@link
 * dev.tidemill.storage.datagen.DatagenConnector}.
 */
@NullMarked
package dev.tidemill.storage.datagen;

import org.jspecify.annotations.NullMarked;
