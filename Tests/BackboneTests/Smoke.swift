import Testing
import Backbone
