package org.ldae.training;

import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;

/** An option that JSON names only when it is on, so that what was written before there was one stays equal. */
final class OnlyIfTrue extends TypeAdapter<Boolean> {

    @Override
    public void write(JsonWriter writer, Boolean value) throws IOException {
        if (value) {
            writer.value(true);
        } else {
            writer.nullValue(); // leaves out the name too
        }
    }

    @Override
    public Boolean read(JsonReader reader) throws IOException {
        return reader.nextBoolean();
    }
}
